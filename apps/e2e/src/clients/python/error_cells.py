"""Error classes by status."""

import asyncio
import re

import openai
from batch_cells import finished_batch, running_batch
from kit import CHAT_MODEL


def refused(status, kind, code):
    """A line that the provider refuses: its own status, code and message reach the caller; nothing is sent twice."""

    async def cell(kit):
        before = await kit.lines_run()
        call = kit.chat(kit.say(f"[[simulate:{status}]]"))
        await kit.expect_error(call, kind, status, code, type="invalid_request_error")
        assert await kit.lines_run() == before + 1

    return cell


async def bad_request(kit):
    code = "missing_required_parameter"
    # The client itself insists on its arguments, so the body goes past it.
    no_messages = kit.do(kit.client().post, "/chat/completions", body={"model": CHAT_MODEL}, cast_to=object)
    await kit.expect_error(no_messages, openai.BadRequestError, 400, code, param="messages")
    no_input = kit.do(kit.client().post, "/embeddings", body={"model": "text-embedding-3-small"}, cast_to=object)
    await kit.expect_error(no_input, openai.BadRequestError, 400, code, param="input")


async def stranger(kit):
    client = kit.client("keyed", api_key="sk-stranger")
    call = kit.chat(kit.say("let me in"), client)
    await kit.expect_error(call, openai.AuthenticationError, 401, "invalid_api_key")
    batch = kit.do(client.batches.retrieve, "batch_any")
    await kit.expect_error(batch, openai.AuthenticationError, 401, "invalid_api_key")


async def forbidden_model(kit):
    client = kit.client("keyed", api_key=kit.limited_key())
    call = kit.chat(kit.say("too dear"), client, model="gpt-5.4-pro")
    await kit.expect_error(call, openai.PermissionDeniedError, 403, "model_not_allowed", param="model")


async def idempotency_key(kit):
    headers = {"idempotency-key": re.sub("[^a-z0-9]", "-", kit.say("key"))}
    first = await kit.chat(kit.say("pay"), extra_headers=headers)
    assert await kit.chat(kit.say("pay"), extra_headers=headers) == first
    other = kit.chat(kit.say("pay more"), extra_headers=headers)
    await kit.expect_error(other, openai.ConflictError, 409, "idempotency_key_reused")


async def rate_limit(kit):
    # One new request a minute is what this key may make.
    client = kit.client("keyed", api_key=kit.limited_key(), max_retries=0)
    await kit.chat(kit.say("the first"), client)
    second = kit.chat(kit.say("the second"), client)
    await kit.expect_error(second, openai.RateLimitError, 429, "rate_limit_exceeded", type="rate_limit_error")
    # What is answered already is no new request.
    await kit.chat(kit.say("the first"), client)


async def not_found(kit):
    unknown = kit.do(kit.client().batches.retrieve, "batch_nobody_knows")
    await kit.expect_error(unknown, openai.NotFoundError, 404, "batch_not_found")
    elsewhere = kit.do(kit.client().get, "/nowhere", cast_to=object)
    await kit.expect_error(elsewhere, openai.NotFoundError, 404, "unknown_route")


async def conflict(kit):
    batch = await finished_batch(kit, kit.say("finished"))
    cancel = kit.do(kit.client().batches.cancel, batch.id)
    await kit.expect_error(cancel, openai.ConflictError, 409, "batch_not_cancellable")


async def too_many(kit):
    narrow = kit.client("narrow", max_retries=0)
    async with kit.holding() as provider:
        first = asyncio.create_task(kit.chat(kit.say("takes the only place"), narrow))
        await running_batch(kit)
        second = kit.chat(kit.say("finds no place"), narrow)
        await kit.expect_error(second, openai.RateLimitError, 429, "too_many_waiters", type="rate_limit_error")
        await provider.release()
        await first
    await kit.chat(kit.say("finds no place"), narrow)


async def all_failed(kit):
    before = await kit.lines_run()
    call = kit.chat(kit.say("[[simulate:500]]"))
    await kit.expect_error(call, openai.InternalServerError, 502, "attempts_exhausted", type="server_error")
    # All three attempts are the batch's own: the client was told not to add any.
    assert await kit.lines_run() == before + 3


CELLS = {
    "error 400 from the gateway": bad_request,
    "error 400 from the provider": refused(400, openai.BadRequestError, "integer_below_min_value"),
    "error 401 from the provider": refused(401, openai.AuthenticationError, "invalid_api_key"),
    "error 401 of an unknown key": stranger,
    "error 403 from the provider": refused(403, openai.PermissionDeniedError, "content_policy_violation"),
    "error 403 of a model that the key may not use": forbidden_model,
    "error 404 from the gateway": not_found,
    "error 404 from the provider": refused(404, openai.NotFoundError, "model_not_found"),
    "error 409 of a finished batch": conflict,
    "error 409 of an Idempotency-Key with another body": idempotency_key,
    "error 422 from the provider": refused(422, openai.UnprocessableEntityError, "unprocessable_content"),
    "error 429 until there is room": too_many,
    "error 429 of a limit per minute": rate_limit,
    "error 5xx when every attempt failed": all_failed,
}
