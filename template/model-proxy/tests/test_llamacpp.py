"""llama.cpp's own server, in this process, with a tiny random model: inference for real."""

# covers R-0303 R-0513

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import gguf
import numpy as np
import openai
import pytest
import xllamacpp  # type: ignore[import-untyped]  # it ships no types

from model_proxy.app import bootstrap
from model_proxy.sources import ConfigurationError
from model_proxy.weights import WeightsError

WIDTH, LAYERS, HEADS, CONTEXT, LONG_CONTEXT = 32, 2, 2, 256, 65_536
CHAT: dict[str, Any] = {
    "model": "answer",
    "messages": [{"role": "user", "content": "Is tea hot?"}],
    "temperature": 0,
    "max_tokens": 8,
}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random llama of two layers, a byte-level vocabulary and its pin."""
    folder = tmp_path_factory.mktemp("weights")
    write_model(folder / "model.gguf")
    return folder


@pytest.fixture(scope="module")
def llamacpp(weights: Path) -> Iterator[dict[str, str]]:
    """Variables that name a running llama.cpp server."""
    yield from serve_weights(weights / "model.gguf", n_ctx=CONTEXT)


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables that name a server whose context takes long to fill."""
    write_model(tmp_path / "patient.gguf", context=LONG_CONTEXT)
    yield from serve_weights(tmp_path / "patient.gguf", n_ctx=LONG_CONTEXT)


@pytest.fixture
def embedder(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables that name a server that makes embeddings."""
    write_model(tmp_path / "embed.gguf", pooling=gguf.PoolingType.MEAN)
    yield from serve_weights(tmp_path / "embed.gguf", n_ctx=CONTEXT, embedding=True)


def serve_weights(path: Path, **settings: Any) -> Iterator[dict[str, str]]:
    """Serve a model, one answer at a time; its address has /v1, /slots and /metrics."""
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {"answer"}
    params.port = 0
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.warmup = False
    params.endpoint_metrics = params.endpoint_slots = True
    for name, value in settings.items():
        setattr(params, name, value)
    server = xllamacpp.Server(params)
    yield {"MODEL_BASE_URL": f"{server.listening_address}/v1"}
    del server


@pytest.fixture
def pinned(weights: Path, models: Path, drop_in: Any) -> Path:
    """The shipped registry with the weights' pin, written as the documentation says."""
    drop_in("llamacpp.yaml")
    command = ["sha256sum", "model.gguf"]
    pins = subprocess.run(command, cwd=weights, check=True, capture_output=True)
    (models / "weights.sha256").write_bytes(pins.stdout)
    return weights


async def test_llamacpp_answers_and_counts(llamacpp: Any, pinned: Path, start: Any) -> None:
    async with start(llamacpp, model_weights_folder=pinned) as client:
        answer = await client.openai.chat.completions.create(**CHAT)
    assert answer.usage.prompt_tokens > 0
    assert 0 < answer.usage.completion_tokens <= 8


async def test_llamacpp_streams_as_much_as_it_answers(
    llamacpp: Any, pinned: Path, start: Any
) -> None:
    async with start(llamacpp, chat_cache_ttl_s=0) as client:
        whole = await client.openai.chat.completions.create(**CHAT)
        stream = await client.openai.chat.completions.create(
            **CHAT, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
    # Random weights write random bytes, and half a character looks different in the middle of a
    # stream than at its end; so the counts are compared, not the letters.
    assert chunks[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens


# covers R-0206
async def test_llamacpp_stops_when_the_caller_leaves(
    patient: Any, pinned: Path, start: Any
) -> None:
    # Nobody ends this answer but the caller: the model would fill its context.
    endless = {**CHAT, "max_tokens": 2 * LONG_CONTEXT, "stream": True}
    server = patient["MODEL_BASE_URL"].removesuffix("/v1")
    async with start(patient) as client, asyncio.timeout(60):
        stream = await client.openai.chat.completions.create(**endless)
        await anext(aiter(stream))
        assert await is_writing(client.http, server)
        await stream.close()
        while await is_writing(client.http, server):  # noqa: ASYNC110 - another process's state
            await asyncio.sleep(0.02)
        async with client.http.get(f"{server}/metrics") as response:
            counts = dict(
                line.split() for line in (await response.text()).splitlines() if line[0] != "#"
            )
    assert 0 < float(counts["llamacpp:tokens_predicted_total"]) < LONG_CONTEXT / 2


async def is_writing(http: aiohttp.ClientSession, server: str) -> bool:
    """Say whether the server's only slot is at work."""
    async with http.get(f"{server}/slots") as response:
        (slot,) = await response.json()
        return bool(slot["is_processing"])


async def test_llamacpp_makes_embeddings(embedder: Any, start: Any, add_model: Any) -> None:
    add_model(
        "own-embed", kind="embeddings", serves=["embed"], dialect="llamacpp", dimensions=WIDTH
    )
    async with start(embedder) as client:
        made = await client.openai.embeddings.create(
            model="own-embed", input=["tea", "milk", "tea"]
        )
    vectors = [item.embedding for item in made.data]
    assert [len(vector) for vector in vectors] == [WIDTH] * 3
    assert vectors[0] == vectors[2] != vectors[1]
    assert made.usage.prompt_tokens > 0


async def test_llamacpp_refusal_reaches_the_caller(llamacpp: Any, pinned: Path, start: Any) -> None:
    long = [{"role": "user", "content": "tea " * 2000}]
    async with start(llamacpp) as client:
        with pytest.raises(openai.BadRequestError):
            await client.openai.chat.completions.create(**{**CHAT, "messages": long})


def test_llamacpp_flipped_byte_is_refused(
    llamacpp: Any, pinned: Path, settings: Any, tmp_path: Path
) -> None:
    changed = bytearray((pinned / "model.gguf").read_bytes())
    changed[-1] ^= 1
    (tmp_path / "model.gguf").write_bytes(changed)
    with pytest.raises(WeightsError, match=r"model\.gguf has sha256"):
        bootstrap(settings(model_weights_folder=tmp_path), llamacpp)


def test_llamacpp_production_needs_the_pin(
    llamacpp: Any, pinned: Path, settings: Any, models: Path
) -> None:
    bootstrap(settings(environment="production", model_weights_folder=pinned), llamacpp)
    (models / "weights.sha256").unlink()
    with pytest.raises(ConfigurationError, match=r"sha256sum writes it"):
        bootstrap(settings(environment="production"), llamacpp)


def test_weights_are_the_same_bytes_each_time(weights: Path, tmp_path: Path) -> None:
    write_model(tmp_path / "again.gguf")
    assert (tmp_path / "again.gguf").read_bytes() == (weights / "model.gguf").read_bytes()


def write_model(
    path: Path, *, context: int = CONTEXT, pooling: gguf.PoolingType | None = None
) -> None:
    """Write a random llama that any seed-0 generator reproduces."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(context)
    if pooling is not None:
        writer.add_pooling_type(pooling)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(2 * WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    words = add_vocabulary(writer)
    for name, shape in tensors(words):
        writer.add_tensor(name, random_tensor(name, shape))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_vocabulary(writer: gguf.GGUFWriter) -> int:
    """Add three control tokens and one per byte; returns how many there are."""
    kinds = gguf.TokenType
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁"]
    types = [kinds.UNKNOWN, kinds.CONTROL, kinds.CONTROL, *[kinds.BYTE] * 256, kinds.NORMAL]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([int(kind) for kind in types])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    return len(tokens)


def tensors(words: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the name and shape of each tensor of the llama architecture."""
    yield "token_embd.weight", (words, WIDTH)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        yield f"{block}attn_norm.weight", (WIDTH,)
        for part in ("q", "k", "v", "output"):
            yield f"{block}attn_{part}.weight", (WIDTH, WIDTH)
        yield f"{block}ffn_norm.weight", (WIDTH,)
        yield f"{block}ffn_gate.weight", (2 * WIDTH, WIDTH)
        yield f"{block}ffn_up.weight", (2 * WIDTH, WIDTH)
        yield f"{block}ffn_down.weight", (WIDTH, 2 * WIDTH)
    yield "output_norm.weight", (WIDTH,)
    yield "output.weight", (words, WIDTH)


def random_tensor(name: str, shape: tuple[int, ...]) -> Any:
    """Return the same numbers for the same name."""
    seed = int.from_bytes(name.encode()[-8:], "big")
    return np.random.default_rng(seed).normal(0, 0.2, shape).astype(np.float32)
