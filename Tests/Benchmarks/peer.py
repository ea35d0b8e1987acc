"""One network in one other program, for Scripts/bench: the counterpart of `tessera-benchmarks worker`.

    python peer.py PEER WORK PRECISION MODEL ONNX INPUT OUTPUT [THREADS]

Writes its answer to OUTPUT, prints `ready`, and for each line on standard input the median seconds of a
run, of as many as take a fifth of a second. Peers: torch, onnxruntime, openvino, ncnn, mnn.
"""

import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file


def torch_run(work, precision, model, onnx, x, threads):
    import torch

    from bench_networks import JOBS, job, network

    torch.set_num_threads(threads)
    if work in JOBS:
        cast = torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16")
        whole = job(work, Path(model), cast)
        return lambda: whole(torch.from_numpy(x)).numpy()
    module = network(work, model).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    if work == "sample-f16":
        return sample_run(module, precision)
    x = torch.from_numpy(x)
    if x.ndim == 4 and x.is_floating_point():
        x = x.to(memory_format=torch.channels_last)
    cast = torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16")

    def forward():
        with torch.inference_mode(), cast:
            return module(x)

    def pullback():
        variable = x.clone().requires_grad_(True)
        with cast:
            pixels = module(variable)
        pixels.float().square().sum().div(2).backward()
        return variable.grad

    run = pullback if work.startswith("pullback") else forward
    return lambda: run().float().numpy()


def sample_run(module, precision):
    import torch

    from sampling import sampled

    def run(part):
        def of(x):
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
                return part(torch.from_numpy(x)).float().numpy()

        return of

    logits, decode = run(module.logits), run(module.decoder)
    return lambda: sampled(logits, decode, module.codebooks.numpy())


def onnxruntime_run(work, precision, model, onnx, x, threads):
    import onnxruntime
    from onnxruntime.quantization import quantize_dynamic

    if precision == "int8":
        quantized = onnx.replace(".onnx", ".dynamic.onnx")
        if not os.path.exists(quantized):
            quantize_dynamic(onnx, quantized)
        onnx = quantized
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: x})[0]


def openvino_network(precision, onnx, x, threads):
    """A network as a function of its one input; int8 is calibrated with inputs like `x`."""
    import openvino

    core = openvino.Core()
    quantized = onnx.replace(".onnx", ".int8.xml")
    is_quantized = precision == "int8" and os.path.exists(quantized)
    network = core.read_model(quantized if is_quantized else onnx)
    if precision == "int8" and not is_quantized:
        import nncf

        random = np.random.default_rng(3)

        def like():
            """An input to calibrate with."""
            return random.permuted(x, axis=-1) if x.dtype == np.float32 else random.integers(0, 257, x.shape)

        count = max(1, 32 // len(x))
        network = nncf.quantize(network, nncf.Dataset([like() for _ in range(count)]), subset_size=count)
        openvino.save_model(network, quantized, compress_to_fp16=False)
    compiled = core.compile_model(
        network,
        "CPU",
        {
            "INFERENCE_NUM_THREADS": threads,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
        },
    )
    request = compiled.create_infer_request()

    def run(x):
        request.infer([x])
        return request.get_output_tensor(0).data

    return run


def openvino_run(work, precision, model, onnx, x, threads):
    if work == "sample-f16":
        import torch

        from sampling import sampled

        latent = np.random.default_rng(4).standard_normal((1, 256, 16, 16)).astype(np.float32)
        decode = openvino_network(precision, onnx, latent, threads)
        logits = openvino_network(precision, onnx.replace(".onnx", ".logits.onnx"), x, threads)
        codebooks = torch.load(model, weights_only=True, mmap=True)["codebooks"].numpy()
        return lambda: sampled(logits, decode, codebooks)
    run = openvino_network(precision, onnx, x, threads)
    return lambda: run(x)


def ncnn_run(work, precision, model, onnx, x, threads):
    import ncnn

    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_winograd_convolution = True
    for option in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
        setattr(net.opt, f"use_{option}", False)
    base = onnx.replace(".onnx", ".ncnn")
    net.load_param(f"{base}.param")
    net.load_model(f"{base}.bin")
    source = ncnn.Mat(np.ascontiguousarray(x[0]))

    def run():
        extractor = net.create_extractor()
        extractor.input("in0", source)
        return np.array(extractor.extract("out0")[1])[None]

    return run


def mnn_run(work, precision, model, onnx, x, threads):
    import MNN

    expression, nn = MNN.expr, MNN.nn
    manager = nn.create_runtime_manager(({"backend": "CPU", "numThread": threads, "precision": "high"},))
    module = nn.load_module_from_file(onnx.replace(".onnx", ".mnn"), [], [], runtime_manager=manager)
    source = expression.const(x, list(x.shape), expression.NCHW)

    def run():
        # Read, because MNN computes nothing before.
        return expression.convert(module.forward([source])[0], expression.NCHW).read().copy()

    return run


RUNS = {
    "torch": torch_run,
    "onnxruntime": onnxruntime_run,
    "openvino": openvino_run,
    "ncnn": ncnn_run,
    "mnn": mnn_run,
}


def main():
    peer, work, precision, model, onnx, source, target = sys.argv[1:8]
    threads = int(sys.argv[8]) if len(sys.argv) > 8 else 2
    x = load_file(source)["first"]
    run = RUNS[peer](work, precision, model, onnx, x, threads)
    y = np.asarray(run(), dtype=np.float32)
    y = y.transpose(0, 2, 3, 1) if y.ndim == 4 else y
    save_file({"output": np.ascontiguousarray(y)}, target)
    print("ready", flush=True)
    for _ in sys.stdin:
        times, start = [], time.perf_counter()
        while time.perf_counter() - start < 0.2:
            began = time.perf_counter()
            run()
            times.append(time.perf_counter() - began)
        print(statistics.median(times), flush=True)


if __name__ == "__main__":
    main()
