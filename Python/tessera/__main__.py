"""python -m tessera parquet IN OUT"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ._errors import ArgumentError, ModelError
from ._model import Model

# The exit codes of the command `tessera`.
DONE, SOME_FAILED, USAGE, MODEL = 0, 1, 2, 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tessera", description="Tessera in Python.")
    jobs = parser.add_subparsers(dest="job", required=True)
    parquet = jobs.add_parser(
        "parquet",
        help="Parquet with a column of pictures to Parquet with columns of tokens",
        description="Replaces a column of pictures, bytes or {bytes, path}, by their tokens. IN is a "
        "file, or a folder whose .parquet files are written to the same places of the folder OUT. "
        "Exit codes: 0 all done, 1 some pictures have an error instead of tokens, 2 usage, 3 model.",
    )
    parquet.add_argument("source", metavar="IN", type=Path)
    parquet.add_argument("target", metavar="OUT", type=Path)
    parquet.add_argument("--column", default="image", help="the column of pictures (image)")
    parquet.add_argument("--model", help="a model folder, or the name of a model that ships")
    parquet.add_argument("--threads", type=int, help="how many threads; all cores unless given")
    choice = parquet.add_mutually_exclusive_group()
    choice.add_argument("--overwrite", action="store_true", help="replace files that exist")
    choice.add_argument("--skip-existing", action="store_true", help="do only files that are missing")
    arguments = parser.parse_args()
    try:
        return convert_all(arguments)
    except ModelError as error:
        print(error, file=sys.stderr)
        return MODEL
    except (ArgumentError, OSError) as error:
        print(error, file=sys.stderr)
        return USAGE


def convert_all(arguments: argparse.Namespace) -> int:
    """Converts each file, and says on standard error how it went."""
    from .parquet import convert

    source, target = arguments.source, arguments.target
    files = [(source, target)]
    if source.is_dir():
        files = [(file, target / file.relative_to(source)) for file in sorted(source.rglob("*.parquet"))]
        if not files:
            raise ArgumentError(f"{source}: there is no .parquet file in this folder")
    existing = [new for _, new in files if new.exists()]
    if existing and not (arguments.overwrite or arguments.skip_existing):
        raise ArgumentError(f"{existing[0]} exists; pass --overwrite or --skip-existing")
    model = Model.load(arguments.model, threads=arguments.threads)
    all_failures = 0
    for old, new in files:
        if arguments.skip_existing and new.exists():
            continue
        new.parent.mkdir(parents=True, exist_ok=True)
        rows, failures = convert(old, new, model, arguments.column)
        all_failures += failures
        print(f"{new}: {rows} pictures, {failures} without tokens", file=sys.stderr)
    return SOME_FAILED if all_failures else DONE


if __name__ == "__main__":
    sys.exit(main())
