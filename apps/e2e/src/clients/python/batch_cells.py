"""Batches."""

import asyncio

import openai
from kit import CHAT_MODEL, eventually


async def finished_batch(kit, text):
    """A batch of ours that has ended, made by one call."""
    client = kit.client()
    create = client.chat.completions.with_raw_response.create
    answer = await kit.do(create, model=CHAT_MODEL, messages=[{"role": "user", "content": text}])

    async def finished():
        batch = await kit.do(client.batches.retrieve, answer.headers["batch-id"])
        return batch if batch.status == "completed" else None

    return await eventually(finished)


async def running_batch(kit):
    """The batch that the provider has in progress."""

    async def running():
        page = await kit.do(kit.client().batches.list)
        return next((batch for batch in page.data if batch.status == "in_progress"), None)

    return await eventually(running)


async def listed(kit):
    made = [(await finished_batch(kit, kit.say(text))).id for text in ("first", "second")]
    # The asynchronous client gives an iterator, the synchronous one its first page.
    pages = kit.client().batches.list(limit=1)
    batches = await kit.each(pages, until=lambda seen: {batch.id for batch in seen} >= set(made))
    # Newest first: nothing was made after the second one.
    assert [batch.id for batch in batches] == made[::-1]


async def retrieved(kit):
    batch = await finished_batch(kit, kit.say("retrieved"))
    assert (batch.object, batch.endpoint) == ("batch", "/v1/chat/completions")
    counts = batch.request_counts
    assert (counts.total, counts.completed, counts.failed) == (1, 1, 0)
    by_provider_id = await kit.do(kit.client().batches.retrieve, batch.metadata["provider_batch_id"])
    assert by_provider_id == batch


async def cancelled(kit):
    async with kit.holding():
        waiting = asyncio.create_task(kit.error_of(kit.chat(kit.say("never run"))))
        running = await running_batch(kit)
        batch = await kit.do(kit.client().batches.cancel, running.id)
        assert batch.status in ("cancelling", "cancelled")
        error = await waiting
    assert isinstance(error, openai.ConflictError) and error.code == "batch_cancelled", error


CELLS = {
    "batches listed page by page": listed,
    "batches retrieved": retrieved,
    "batches cancelled": cancelled,
}
