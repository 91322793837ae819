"""Weights are served only as they were approved."""

# covers R-0513

import subprocess
from pathlib import Path
from typing import Any

import pytest

from model_proxy.app import bootstrap
from model_proxy.sources import ConfigurationError
from model_proxy.weights import WeightsError, load_pins, verify_weights

URL = {"MODEL_BASE_URL": "http://127.0.0.1:9/v1"}


@pytest.fixture
def weights(tmp_path: Path, models: Path) -> Path:
    """A folder with weights, pinned as the documentation says: by sha256sum."""
    folder = tmp_path / "weights"
    (folder / "parts").mkdir(parents=True)
    (folder / "model.gguf").write_bytes(b"weights" * 1000)
    (folder / "parts" / "1.safetensors").write_bytes(b"more")
    files = ["model.gguf", "parts/1.safetensors"]
    pins = subprocess.run(["sha256sum", *files], cwd=folder, check=True, capture_output=True)
    (models / "weights.sha256").write_bytes(pins.stdout)
    return folder


def test_verify_weights_accepts_what_was_pinned(weights: Path, models: Path) -> None:
    pins = load_pins(models)
    assert sorted(pins) == ["model.gguf", "parts/1.safetensors"]
    verify_weights(weights, pins)


@pytest.mark.parametrize("name", ["model.gguf", "parts/1.safetensors"])
def test_bootstrap_refuses_one_flipped_byte(
    weights: Path, models: Path, settings: Any, name: str
) -> None:
    content = bytearray((weights / name).read_bytes())
    content[2] ^= 1
    (weights / name).write_bytes(content)
    with pytest.raises(WeightsError, match=name):
        bootstrap(settings(model_weights_folder=weights), {})


def test_bootstrap_refuses_weights_that_are_missing(
    weights: Path, models: Path, settings: Any
) -> None:
    (weights / "model.gguf").unlink()
    with pytest.raises(WeightsError, match="No such file"):
        bootstrap(settings(model_weights_folder=weights), {})


def test_bootstrap_refuses_a_file_that_nobody_approved(
    weights: Path, models: Path, settings: Any
) -> None:
    (weights / "parts" / "modeling.py").write_text("")
    with pytest.raises(WeightsError, match=r"modeling\.py is not in"):
        bootstrap(settings(model_weights_folder=weights), {})


def test_production_needs_a_pin_for_weights_of_our_own(
    settings: Any, add_model: Any, models: Path
) -> None:
    add_model(weights="model.gguf")
    with pytest.raises(ConfigurationError, match=r"needs the digest of model\.gguf"):
        bootstrap(settings(environment="production"), URL)


@pytest.mark.parametrize("name", ["model.gguf", "parts", "."])
def test_production_accepts_a_pinned_file_or_folder(
    settings: Any, add_model: Any, weights: Path, name: str
) -> None:
    add_model(weights=name)
    bootstrap(settings(environment="production", model_weights_folder=weights), URL)


def test_load_pins_names_the_line_that_is_none(models: Path) -> None:
    (models / "weights.sha256").write_text("0" * 64 + "  a\nfill me in\n")
    with pytest.raises(ConfigurationError, match=r"weights\.sha256:2"):
        load_pins(models)
