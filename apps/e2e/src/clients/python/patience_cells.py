"""Timeouts, retries, and clients that go away."""

import asyncio
import os
import subprocess
import sys

import openai
from batch_cells import running_batch
from chat_cells import assert_echo
from kit import CHAT_MODEL, eventually

# A synchronous call cannot be taken back: its program is ended in the middle instead.
PROGRAM = """
import openai, os
client = openai.OpenAI(base_url=os.environ["BASE_URL"], api_key="sk-any")
messages = [{"role": "user", "content": os.environ["TEXT"]}]
client.chat.completions.create(model=os.environ["MODEL"], messages=messages)
"""


async def expect_one_line(kit, text, before):
    """Asking again brings the answer of the line that was paid for once."""
    completion = await kit.chat(text)
    assert_echo(completion.choices[0].message.content, text)
    assert await kit.lines_run() == before + 1


async def still_processing(kit):
    text, before = kit.say("awaited"), await kit.lines_run()
    async with kit.holding():
        call = kit.chat(text, kit.client("impatient"))
        await kit.expect_error(call, openai.InternalServerError, 503, "still_processing")
    await expect_one_line(kit, text, before)


async def told_timeout(kit):
    text, before = kit.say("retried"), await kit.lines_run()
    async with kit.holding() as provider:
        reached = await kit.limits_reached()
        # The client tells its read timeout, so the gateway ends its hold in time and is asked again.
        call = asyncio.create_task(kit.chat(text, kit.client(timeout=1.0)))

        async def limit_reached():
            return call.done() or await kit.limits_reached() > reached

        await eventually(limit_reached)
        await provider.release()
        completion = await call
    assert_echo(completion.choices[0].message.content, text)
    assert await kit.lines_run() == before + 1


async def untold_timeout(kit):
    text, before = kit.say("given up"), await kit.lines_run()
    async with kit.holding():
        # Interim answers would restart the timer, so it is a gateway that sends none.
        hasty = kit.client("narrow", timeout=0.4, max_retries=0)
        untold = {"x-stainless-read-timeout": openai.Omit()}
        error = await kit.error_of(kit.chat(text, hasty, extra_headers=untold))
        assert type(error) is openai.APITimeoutError, repr(error)
    await expect_one_line(kit, text, before)


async def abort(kit):
    text, before = kit.say("aborted"), await kit.lines_run()
    async with kit.holding():
        if kit.flavour == "sync":
            await _end_program(kit, text)
        else:
            call = asyncio.create_task(kit.chat(text))
            await running_batch(kit)
            call.cancel()
            await asyncio.wait([call])
            assert call.cancelled()
    await expect_one_line(kit, text, before)


async def abort_stream(kit):
    text, before = kit.say("aborted stream"), await kit.lines_run()
    async with kit.holding():
        # It is there as soon as the first comment has come.
        stream = await kit.chat(text, stream=True)
        await running_batch(kit)
        await kit.do(stream.close)
    await expect_one_line(kit, text, before)


async def _end_program(kit, text):
    base_url = kit.address["gateways"]["plain"] + "/v1"
    env = {**os.environ, "BASE_URL": base_url, "TEXT": text, "MODEL": CHAT_MODEL}
    with subprocess.Popen([sys.executable, "-c", PROGRAM], env=env) as program:
        try:
            await running_batch(kit)
            assert program.poll() is None
        finally:
            program.kill()


CELLS = {
    "error 5xx while an answer is still awaited": still_processing,
    "a timeout shorter than the answer takes, with retries": told_timeout,
    "a timeout that the gateway does not know of": untold_timeout,
    "abort in the middle": abort,
    "abort of a stream": abort_stream,
}
