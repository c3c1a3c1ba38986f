"""Chat, embeddings and responses."""

import re

from kit import CHAT_MODEL
from pydantic import BaseModel

EMBEDDING_MODEL = "text-embedding-3-small"
WEATHER = {
    "name": "weather",
    "parameters": {
        "type": "object",
        "properties": {"echo": {"type": "string"}},
        "required": ["echo"],
        "additionalProperties": False,
    },
    "strict": True,
}


class Echo(BaseModel):
    """What the simulator answers where a structure is asked for."""

    echo: str
    text: str


def assert_echo(text, asked):
    """The text is the simulator's answer to this question."""
    assert re.fullmatch(r"echo [0-9a-f]{16} : " + re.escape(asked), text), text


async def chat(kit):
    text = kit.say("how are you? 🧊")
    completion = await kit.chat(text)
    assert completion.object == "chat.completion"
    assert_echo(completion.choices[0].message.content, text)
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.total_tokens > 0
    assert completion._request_id


async def several_choices(kit):
    text = kit.say("twice")
    completion = await kit.chat(text, n=2, seed=9223372036854775807)
    first, second = (choice.message.content for choice in completion.choices)
    assert_echo(first, text)
    assert second == f"{first} (choice 1)"


async def headers(kit):
    text = kit.say("once")
    create = kit.client().chat.completions.with_raw_response.create
    body = {"model": CHAT_MODEL, "messages": [{"role": "user", "content": text}]}
    first = await kit.do(create, **body)
    again = await kit.do(create, **body)
    assert "hit" not in first.headers["cache-status"]
    assert "hit" in again.headers["cache-status"]
    assert again.parse() == first.parse()
    assert first.headers["batch-id"].startswith("batch_")
    assert again.headers["batch-id"] == first.headers["batch-id"]


async def tools(kit):
    tool = {"type": "function", "function": WEATHER}
    completion = await kit.chat(kit.say("[[simulate:tool_call]]"), tools=[tool])
    choice = completion.choices[0]
    assert choice.finish_reason == "tool_calls"
    call = choice.message.tool_calls[0]
    assert (call.type, call.function.name) == ("function", "weather")
    assert re.fullmatch(r'\{"echo":"[0-9a-f]{16}"\}', call.function.arguments)


async def parse(kit):
    text = kit.say("as a structure")
    messages = [{"role": "user", "content": text}]
    completions = kit.client().chat.completions
    completion = await kit.do(completions.parse, model=CHAT_MODEL, messages=messages, response_format=Echo)
    parsed = completion.choices[0].message.parsed
    assert isinstance(parsed, Echo) and parsed.text == text


async def _vectors(kit, **options):
    # The same texts whichever cell asks: both forms have to give the same numbers.
    texts = [f"python {kit.flavour}: one", f"python {kit.flavour}: two"]
    body = {"model": EMBEDDING_MODEL, "input": texts, "dimensions": 16, **options}
    answer = await kit.do(kit.client().embeddings.create, **body)
    assert answer.usage.prompt_tokens > 0
    return [list(item.embedding) for item in answer.data]


async def embeddings_base64(kit):
    vectors = await _vectors(kit)
    assert [len(vector) for vector in vectors] == [16, 16]
    assert all(abs(sum(value * value for value in vector) - 1) < 1e-5 for vector in vectors)


async def embeddings_float(kit):
    assert await _vectors(kit, encoding_format="float") == await _vectors(kit)


async def responses(kit):
    text = kit.say("hello")
    response = await kit.do(
        kit.client().responses.create, model=CHAT_MODEL, input=text, instructions="Be short."
    )
    assert response.status == "completed"
    assert_echo(response.output_text, text)
    assert response.instructions == "Be short."


async def responses_tools(kit):
    response = await kit.do(
        kit.client().responses.create,
        model=CHAT_MODEL,
        input=kit.say("[[simulate:tool_call]]"),
        tools=[{"type": "function", **WEATHER}],
    )
    call = response.output[0]
    assert (call.type, call.name) == ("function_call", "weather")


async def responses_parse(kit):
    text = kit.say("as a structure")
    response = await kit.do(kit.client().responses.parse, model=CHAT_MODEL, input=text, text_format=Echo)
    assert response.output_parsed.text == text


CELLS = {
    "chat": chat,
    "chat with several choices": several_choices,
    "chat with the headers that say what happened": headers,
    "chat with tools": tools,
    "chat parsed into a structure": parse,
    "embeddings in base64, the default": embeddings_base64,
    "embeddings as numbers": embeddings_float,
    "responses": responses,
    "responses with tools": responses_tools,
    "responses parsed into a structure": responses_parse,
}
