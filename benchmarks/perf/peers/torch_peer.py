"""The peer of the network measurements: the original systems' operator sequences, run by Debian's python3-torch.

Reads one request a line from standard input, `<case> <dtype> <threads> <repetitions>`, runs the case under inference_mode on random weights
of the real widths and answers with one line of seconds, one figure per repetition. The C# program sends the same cases to both sides in
turn, so that both meet the same machine.

The sequences are those of LLaMA-VID's vision tower (llamavid/model/multimodal_encoder/eva_vit.py) and of transformers 4.31
(models/llama/modeling_llama.py): linear layers, norms, casts, concatenated caches and additive masks as they stand there.
"""

import math
import sys
import time

import torch
import torch.nn.functional as F

# The cases, shared in words with the C# side: widths of EVA-ViT-g and of LLaMA-2-7B, fewer layers.
VIT = dict(width=1408, heads=16, hidden=6144, tokens=257, layers=4, batch=8)
LLM = dict(width=4096, heads=32, hidden=11008, layers=2, prompt=512, generated=16)


class VitBlock:
    def __init__(self, dtype):
        w, h = VIT["width"], VIT["hidden"]
        r = lambda *s: (torch.randn(*s) * 0.02).to(dtype)
        self.n1w, self.n1b, self.n2w, self.n2b = r(w) + 1, r(w), r(w) + 1, r(w)
        self.qkv, self.qb, self.vb = r(3 * w, w), r(w), r(w)
        self.pw, self.pb = r(w, w), r(w)
        self.f1w, self.f1b, self.f2w, self.f2b = r(h, w), r(h), r(w, h), r(w)

    def attention(self, x):
        b, n, c = x.shape
        bias = torch.cat((self.qb, torch.zeros_like(self.vb), self.vb))
        qkv = F.linear(x, self.qkv, bias).reshape(b, n, 3, VIT["heads"], -1).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        q = q * (c // VIT["heads"]) ** -0.5
        a = (q @ k.transpose(-2, -1)).softmax(dim=-1)
        x = (a @ v).transpose(1, 2).reshape(b, n, -1)
        return F.linear(x, self.pw, self.pb)

    def __call__(self, x):
        c = (VIT["width"],)
        x = x + self.attention(F.layer_norm(x, c, self.n1w, self.n1b, 1e-6))
        y = F.layer_norm(x, c, self.n2w, self.n2b, 1e-6)
        return x + F.linear(F.gelu(F.linear(y, self.f1w, self.f1b)), self.f2w, self.f2b)


def rotate_half(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), dim=-1)


def rms_norm(x, weight, eps=1e-5):
    dtype = x.dtype
    x = x.to(torch.float32)
    x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)
    return weight * x.to(dtype)


class LlamaLayer:
    def __init__(self, dtype):
        w, h = LLM["width"], LLM["hidden"]
        r = lambda *s: (torch.randn(*s) * 0.02).to(dtype)
        self.n1, self.n2 = r(w) + 1, r(w) + 1
        self.q, self.k, self.v, self.o = r(w, w), r(w, w), r(w, w), r(w, w)
        self.gate, self.up, self.down = r(h, w), r(h, w), r(w, h)

    def __call__(self, x, cos, sin, mask, past):
        b, t, w = x.shape
        heads, d = LLM["heads"], w // LLM["heads"]
        y = rms_norm(x, self.n1)
        q, k, v = (F.linear(y, m).view(b, t, heads, d).transpose(1, 2) for m in (self.q, self.k, self.v))
        q = q * cos + rotate_half(q) * sin
        k = k * cos + rotate_half(k) * sin
        if past is not None:
            k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
        a = torch.matmul(q, k.transpose(2, 3)) / math.sqrt(d) + mask
        a = F.softmax(a, dim=-1, dtype=torch.float32).to(q.dtype)
        x = x + F.linear(torch.matmul(a, v).transpose(1, 2).reshape(b, t, w), self.o)
        y = rms_norm(x, self.n2)
        return x + F.linear(F.silu(F.linear(y, self.gate)) * F.linear(y, self.up), self.down), (k, v)


def rope(dtype, first, count):
    d = LLM["width"] // LLM["heads"]
    inv = 1.0 / (10000.0 ** (torch.arange(0, d, 2).float() / d))
    freqs = torch.outer(torch.arange(first, first + count).float(), inv)
    emb = torch.cat((freqs, freqs), dim=-1)
    return emb.cos().to(dtype)[None, None], emb.sin().to(dtype)[None, None]


def causal(dtype, queries, keys):
    mask = torch.full((queries, keys), torch.finfo(dtype).min, dtype=dtype)
    return torch.triu(mask, diagonal=keys - queries + 1)[None, None]


class Cases:
    def __init__(self):
        self.made = {}

    def make(self, case, dtype):
        key = (case.split("-")[0], dtype)
        if key not in self.made:
            torch.manual_seed(0)
            self.made = {key: [VitBlock(dtype) for _ in range(VIT["layers"])] if key[0] == "vit" else [LlamaLayer(dtype) for _ in range(LLM["layers"])]}
        return self.made[key]

    def run(self, case, dtype):
        layers = self.make(case, dtype)
        if case == "vit-blocks":
            x = torch.randn(VIT["batch"], VIT["tokens"], VIT["width"]).to(dtype)
            start = time.perf_counter()
            for layer in layers:
                x = layer(x)
            x.float().sum().item()
            return time.perf_counter() - start
        prompt = LLM["prompt"]
        x = torch.randn(1, prompt, LLM["width"]).to(dtype)
        start = time.perf_counter()
        cos, sin = rope(dtype, 0, prompt)
        mask = causal(dtype, prompt, prompt)
        cache = []
        for layer in layers:
            x, past = layer(x, cos, sin, mask, None)
            cache.append(past)
        x[:, -1:].float().sum().item()
        if case == "llama-prefill":
            return time.perf_counter() - start
        x = x[:, -1:]
        start = time.perf_counter()
        for step in range(LLM["generated"]):
            cos, sin = rope(dtype, prompt + step, 1)
            mask = causal(dtype, 1, prompt + step + 1)
            for i, layer in enumerate(layers):
                x, cache[i] = layer(x, cos, sin, mask, cache[i])
            x.float().sum().item()
        return time.perf_counter() - start


def main():
    cases = Cases()
    with torch.inference_mode():
        for line in sys.stdin:
            case, dtype, threads, repetitions = line.split()
            torch.set_num_threads(int(threads))
            dtype = getattr(torch, dtype)
            print(" ".join(f"{cases.run(case, dtype):.6f}" for _ in range(int(repetitions))), flush=True)


if __name__ == "__main__":
    main()
