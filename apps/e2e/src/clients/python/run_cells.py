"""Runs every cell of the official client, synchronous and asynchronous, and prints a line of JSON for each."""

import asyncio
import json
import os
import traceback

import batch_cells
import chat_cells
import error_cells
import other_cells
import patience_cells
import stream_cells
from kit import Kit

MODULES = (chat_cells, stream_cells, other_cells, batch_cells, error_cells, patience_cells)
CELLS = {name: cell for module in MODULES for name, cell in module.CELLS.items()}


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
