"""nano and its recipe: what it learns from, how it learns, and fine-tuning of any Qwen2.5-VL.

``vocabulary`` and ``network`` say what nano is and how it begins, ``forward`` how it is computed fast.
``words`` → ``crops`` and ``synth`` → ``lessons`` make what is learnt from, ``batches`` puts it together in worker
processes, ``losses`` say what is wanted, ``recipe`` names the stages. ``loop`` trains anything that is a ``Task``:
nano's stages (``nano``) or a checkpoint on a folder of pages (``finetune``). The processes that make batches never
import torch.
"""
