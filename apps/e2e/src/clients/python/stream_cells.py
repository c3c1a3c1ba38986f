"""Streams. The helpers have to arrive at what the same call gives in one piece."""

import openai
from chat_cells import WEATHER, Echo, assert_echo
from kit import CHAT_MODEL

WITH_USAGE = {"stream_options": {"include_usage": True}}


def asking(text):
    return {"model": CHAT_MODEL, "messages": [{"role": "user", "content": text}]}


def assert_contains(actual, part, where=""):
    """The model has everything that the other one has, whatever it has besides."""
    if isinstance(part, dict):
        for name, value in part.items():
            assert name in actual, f"{where}.{name} is missing"
            assert_contains(actual[name], value, f"{where}.{name}")
    elif isinstance(part, list):
        assert len(actual) == len(part), f"{where} has {len(actual)} of {len(part)}"
        for index, value in enumerate(part):
            assert_contains(actual[index], value, f"{where}[{index}]")
    else:
        assert actual == part, f"{where}: {actual!r} is not {part!r}"


def dumped(model):
    return model.model_dump(exclude_unset=True, warnings=False)


async def chunks(kit):
    text = kit.say("in pieces 🧊")
    seen = await kit.each(await kit.chat(text, stream=True, **WITH_USAGE))
    assert_echo("".join(chunk.choices[0].delta.content or "" for chunk in seen if chunk.choices), text)
    assert {chunk.object for chunk in seen} == {"chat.completion.chunk"}
    assert [choice for chunk in seen for choice in chunk.choices][-1].finish_reason == "stop"
    assert seen[-1].usage.total_tokens > 0


async def helper(kit):
    body = {**asking(kit.say("put together")), "n": 2}
    streamed = await kit.final(kit.client().chat.completions.stream(**body, **WITH_USAGE))
    whole = await kit.do(kit.client().chat.completions.create, **body)
    assert_contains(dumped(streamed), dumped(whole))


async def tools_helper(kit):
    body = {**asking(kit.say("[[simulate:tool_call]]")), "tools": [{"type": "function", "function": WEATHER}]}
    streamed = await kit.final(kit.client().chat.completions.stream(**body, **WITH_USAGE))
    assert streamed.choices[0].message.tool_calls[0].function.name == "weather"
    whole = await kit.do(kit.client().chat.completions.create, **body)
    assert_contains(dumped(streamed), dumped(whole))


async def parse_helper(kit):
    text = kit.say("as a structure")
    stream = kit.client().chat.completions.stream(**asking(text), response_format=Echo)
    completion = await kit.final(stream)
    parsed = completion.choices[0].message.parsed
    assert isinstance(parsed, Echo) and parsed.text == text


async def completions(kit):
    body = {"model": "gpt-3.5-turbo-instruct", "prompt": kit.say("to be continued"), "max_tokens": 100}
    create = kit.client().completions.create
    seen = await kit.each(await kit.do(create, **body, **WITH_USAGE, stream=True))
    whole = await kit.do(create, **body)
    choices = [choice for chunk in seen for choice in chunk.choices]
    assert "".join(choice.text for choice in choices) == whole.choices[0].text
    assert choices[-1].finish_reason == "stop"
    assert seen[-1].usage == whole.usage


async def events(kit):
    body = {"model": CHAT_MODEL, "input": kit.say("in events")}
    create = kit.client().responses.create
    seen = await kit.each(await kit.do(create, **body, stream=True))
    assert [event.sequence_number for event in seen] == list(range(len(seen)))
    text = "".join(event.delta for event in seen if event.type == "response.output_text.delta")
    assert_echo(text, body["input"])
    assert (seen[0].type, seen[-1].type) == ("response.created", "response.completed")
    assert_contains(dumped(seen[-1].response), dumped(await kit.do(create, **body)))


async def events_helper(kit):
    body = {"model": CHAT_MODEL, "input": kit.say("put together")}
    streamed = await kit.final(kit.client().responses.stream(**body))
    whole = await kit.do(kit.client().responses.create, **body)
    assert_contains(dumped(streamed), dumped(whole))
    assert streamed.output_text == whole.output_text


async def error_inside(kit):
    code = "integer_below_min_value"
    text = kit.say("[[simulate:400]]")
    error = await kit.error_of(kit.each(await kit.chat(text, stream=True)))
    assert isinstance(error, openai.APIError) and error.code == code, repr(error)
    # Now that the failure is known it has its status, whichever way the call is made.
    await kit.expect_error(kit.chat(text, stream=True), openai.BadRequestError, 400, code)
    create = kit.client().responses.create
    stream = await kit.do(create, model=CHAT_MODEL, input=text, stream=True)
    failure = await kit.error_of(kit.each(stream))
    assert isinstance(failure, openai.APIError) and failure.code == code, repr(failure)


CELLS = {
    "chat streamed, chunk by chunk": chunks,
    "chat streamed, by the helper": helper,
    "chat with tools streamed, by the helper": tools_helper,
    "chat parsed into a structure streamed, by the helper": parse_helper,
    "completions streamed": completions,
    "responses streamed, event by event": events,
    "responses streamed, by the helper": events_helper,
    "error 400 inside a stream": error_inside,
}
