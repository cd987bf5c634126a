"""The bundled Qwen2.5-VL runtime: transformers' modules and accelerate's placement, our own way around them.

``checkpoint`` finds and checks the files, ``images`` makes patches, ``prompt`` makes tokens, ``model`` loads, and
``decode`` writes the answer. Only ``checkpoint`` and ``images`` do without torch.
"""
