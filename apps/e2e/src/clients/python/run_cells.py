"""Runs every cell of the official client, synchronous and asynchronous, and prints a line of JSON for each."""

import asyncio
import json
import os
import traceback

import batch_cells
import chat_cells
import error_cells
import patience_cells
from kit import Kit

CELLS = {**chat_cells.CELLS, **batch_cells.CELLS, **error_cells.CELLS, **patience_cells.CELLS}


async def main():
    address = json.loads(os.environ["STACK_ADDRESS"])
    for flavour in ("sync", "async"):
        for name, cell in CELLS.items():
            error = None
            try:
                await cell(Kit(flavour, name, address))
            except Exception:
                error = traceback.format_exc()
            print(json.dumps({"client": f"openai {flavour}", "cell": name, "error": error}), flush=True)


asyncio.run(main())
