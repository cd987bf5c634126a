"""The bundled Qwen2.5-VL runtime: transformers' modules and accelerate's placement, our own way around them.

``checkpoint`` finds and checks the files, ``images`` makes patches, ``prompt`` makes tokens, ``model`` loads. An
answer is a ``sequence``; a ``schedule`` says who is next, a lane (``decode``) writes those that run side by side,
their keys and values in slots (``cache``), after ``prefill`` has read their prompts; ``fused`` makes a small model's
steps fast; and the ``decoder`` serves all threads that ask. Only ``checkpoint`` and
``images`` do without torch.
"""

import os

# Torch's threads wait for each other by spinning, so that beside any other work on the machine (our own page readers)
# each small step of decoding waits for a time slice. Measured on two cores, one of them busy, a decoder of 4 layers
# of width 1024 in bfloat16: 410 ms a token, and 20 with threads that sleep. OpenMP reads this once, when torch is
# imported; that is after this package.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# oneDNN keeps what it compiles for each shape of a product of matrices, a thousand of them, and prompts come in all
# lengths: after 24 scans with nano that is 700 MB, and no faster than with as few as this. It is read once, too.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
