"""Other endpoints, handles, responses in the background, and what goes through the relay."""

import json

import openai
from chat_cells import assert_echo
from kit import CHAT_MODEL, eventually


async def completions(kit):
    text = kit.say("once upon a time")
    create = kit.client().completions.create
    completion = await kit.do(create, model="gpt-3.5-turbo-instruct", prompt=text, max_tokens=100)
    assert_echo(completion.choices[0].text, text)


async def moderations(kit):
    create = kit.client().moderations.create
    answer = await kit.do(create, model="omni-moderation-latest", input=kit.say("kind words"))
    assert answer.results[0].flagged is False


async def images(kit):
    answer = await kit.do(kit.client().images.generate, model="gpt-image-2", prompt=kit.say("a glacier"))
    assert answer.data[0].b64_json


async def handle(kit):
    text = kit.say("later")
    create = kit.client().chat.completions.with_raw_response.create
    messages = [{"role": "user", "content": text}]
    headers = {"prefer": "respond-async"}
    accepted = await kit.do(create, model=CHAT_MODEL, messages=messages, extra_headers=headers)
    assert accepted.status_code == 202
    location = accepted.headers["location"]
    assert location == "/v1/requests/" + json.loads(accepted.text)["id"]

    async def answered():
        request = await kit.do(kit.client().get, location.removeprefix("/v1"), cast_to=object)
        return request["response"] if request["state"] == "done" else None

    answer = await eventually(answered)
    assert answer["status_code"] == 200
    assert_echo(answer["body"]["choices"][0]["message"]["content"], text)


async def models(kit):
    ids = {model.id for model in await kit.each(kit.client().models.list())}
    assert CHAT_MODEL in ids
    assert (await kit.do(kit.client().models.retrieve, CHAT_MODEL)).object == "model"
    unknown = kit.do(kit.client().models.retrieve, "gpt-0-nowhere")
    await kit.expect_error(unknown, openai.NotFoundError, 404, "model_not_found")


async def _queued(kit, text):
    return await kit.do(kit.client().responses.create, model=CHAT_MODEL, input=text, background=True)


async def _completed(kit, response_id):
    async def completed():
        response = await kit.do(kit.client().responses.retrieve, response_id)
        return response if response.status == "completed" else None

    return await eventually(completed)


async def background(kit):
    text = kit.say("whenever")
    queued = await _queued(kit, text)
    assert queued.status == "queued" and queued.id.startswith("resp_")
    response = await _completed(kit, queued.id)
    assert (response.id, response.background) == (queued.id, True)
    assert_echo(response.output_text, text)


async def background_stream(kit):
    queued = await _queued(kit, kit.say("whenever, then in events"))
    await _completed(kit, queued.id)
    retrieve = kit.client().responses.retrieve
    events = await kit.each(await kit.do(retrieve, queued.id, stream=True))
    assert events[-1].type == "response.completed" and events[-1].response.id == queued.id
    rest = await kit.each(await kit.do(retrieve, queued.id, stream=True, starting_after=2))
    assert rest == events[3:]


async def background_streamed(kit):
    create, retrieve = kit.client().responses.create, kit.client().responses.retrieve
    text = kit.say("whenever, but tell me")
    stream = await kit.do(create, model=CHAT_MODEL, input=text, background=True, stream=True)
    events = await kit.each(stream)
    assert [event.type for event in events[:2]] == ["response.created", "response.queued"]
    assert events[-1].type == "response.completed"
    assert_echo(events[-1].response.output_text, text)
    rest = await kit.each(await kit.do(retrieve, events[0].response.id, stream=True, starting_after=1))
    assert rest[1:] == events[3:]


async def background_cancelled(kit):
    async with kit.holding():
        queued = await _queued(kit, kit.say("never mind"))
        assert (await kit.do(kit.client().responses.cancel, queued.id)).status == "cancelled"
        assert (await kit.do(kit.client().responses.retrieve, queued.id)).status == "cancelled"


async def background_deleted(kit):
    queued = await _queued(kit, kit.say("to be forgotten"))
    await _completed(kit, queued.id)
    await kit.do(kit.client().responses.delete, queued.id)
    gone = kit.do(kit.client().responses.retrieve, queued.id)
    await kit.expect_error(gone, openai.NotFoundError, 404, "response_not_found")


async def own_batch(kit):
    text = kit.say("a line of its own")
    body = {"model": CHAT_MODEL, "messages": [{"role": "user", "content": text}]}
    line = {"custom_id": "one", "method": "POST", "url": "/v1/chat/completions", "body": body}
    relayed = kit.client("relaying")
    lines = ("lines.jsonl", (json.dumps(line) + "\n").encode())
    file = await kit.do(relayed.files.create, file=lines, purpose="batch")
    created = await kit.do(
        relayed.batches.create,
        input_file_id=file.id,
        endpoint="/v1/chat/completions",
        completion_window="24h",
    )

    async def completed():
        batch = await kit.do(relayed.batches.retrieve, created.id)
        return batch if batch.status == "completed" else None

    batch = await eventually(completed)
    results = await kit.do(relayed.files.content, batch.output_file_id)
    row = json.loads(results.text)
    assert_echo(row["response"]["body"]["choices"][0]["message"]["content"], text)
    assert (await kit.do(relayed.files.delete, file.id)).deleted
    not_relayed = kit.do(kit.client().files.retrieve, file.id)
    await kit.expect_error(not_relayed, openai.NotFoundError, 404, "unknown_route")


async def realtime(kit):
    before = await kit.lines_run()
    text = kit.say("at once")
    create = kit.client("relaying").chat.completions.with_raw_response.create
    messages = [{"role": "user", "content": text}]
    answer = await kit.do(create, model=CHAT_MODEL, messages=messages, service_tier="priority")
    assert_echo(answer.parse().choices[0].message.content, text)
    assert answer.headers["batch-mode"] == "realtime"
    assert await kit.lines_run() == before


CELLS = {
    "completions": completions,
    "moderations": moderations,
    "images": images,
    "a handle instead of an answer": handle,
    "models": models,
    "responses in the background": background,
    "responses in the background, read as a stream": background_stream,
    "responses in the background, streamed while they are made": background_streamed,
    "responses in the background, cancelled": background_cancelled,
    "responses in the background, deleted": background_deleted,
    "files and batches of its own, through the relay": own_batch,
    "a realtime call, through the relay": realtime,
}
