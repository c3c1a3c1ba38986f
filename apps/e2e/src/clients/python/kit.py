"""What a cell works with, whether the client is the synchronous or the asynchronous one."""

import asyncio
import json
import re
import time
import urllib.request

import openai

CHAT_MODEL = "gpt-6-luna"


class Kit:
    """One cell's view of one flavour of the client: `sync` or `async`."""

    def __init__(self, flavour, cell, address):
        self.flavour = flavour
        self.cell = cell
        self.address = address
        self._clients = {}

    def client(self, gateway="plain", **options):
        """The official client, with nothing changed but its base URL and what the cell is about."""
        known = (gateway, *sorted(options.items()))
        if known not in self._clients:
            kind = openai.OpenAI if self.flavour == "sync" else openai.AsyncOpenAI
            given = {"api_key": "sk-any", "timeout": 60.0, **options}
            self._clients[known] = kind(base_url=self.address["gateways"][gateway] + "/v1", **given)
        return self._clients[known]

    def limited_key(self):
        """A key of this client's own at the `keyed` gateway, with limits."""
        return f"sk-limited-openai-{self.flavour}"

    def say(self, text):
        """A text that no other cell and no other client sends."""
        return f"python {self.flavour}: {self.cell}: {text}"

    async def do(self, function, *arguments, **options):
        """Calls a method of either client."""
        if self.flavour == "sync":
            return await asyncio.to_thread(function, *arguments, **options)
        return await function(*arguments, **options)

    async def each(self, items, until=lambda seen: False):
        """The items of a page or stream of either client, up to the one with which `until` holds."""
        seen = []
        if hasattr(items, "__aiter__"):
            async for item in items:
                seen.append(item)
                if until(seen):
                    break
        else:
            for item in items:
                seen.append(item)
                if until(seen):
                    break
        return seen

    async def final(self, manager):
        """What the stream of a helper of either client comes to in the end."""
        if self.flavour == "sync":
            return await asyncio.to_thread(_final, manager)
        async with manager as stream:
            if hasattr(stream, "get_final_completion"):
                return await stream.get_final_completion()
            return await stream.get_final_response()

    async def chat(self, text, client=None, **options):
        """An ordinary chat call; by default of a fresh client."""
        body = {"model": CHAT_MODEL, "messages": [{"role": "user", "content": text}], **options}
        return await self.do((client or self.client()).chat.completions.create, **body)

    async def error_of(self, call):
        """What awaiting the call raised; fails if it did not."""
        try:
            value = await call
        except openai.OpenAIError as error:
            return error
        raise AssertionError(f"no error but {value!r}")

    async def expect_error(self, call, kind, status, code, **fields):
        """The error is of this class, carries these fields, says something and has a request id."""
        error = await self.error_of(call)
        assert type(error) is kind, f"not {kind.__name__} but {error!r}"
        assert (error.status_code, error.code) == (status, code), f"{error.status_code} {error.code}"
        for name, value in fields.items():
            assert getattr(error, name) == value, f"{name} is {getattr(error, name)!r}"
        assert re.match(r"Error code: \d{3} - .{10}", error.message), error.message
        assert error.request_id
        return error

    async def lines_run(self):
        """How many lines the provider has run so far."""
        return (await self._simulator("/ledger/totals"))["lines_run"]

    async def limits_reached(self):
        """How many holds the gateways have ended at their limit so far."""
        pages = [await _get(url + "/metrics") for url in self.address["opsUrls"]]
        counts = [re.search(r'hold_outcomes_total\{[^}]*outcome="limit"[^}]*\} (\d+)', page) for page in pages]
        return sum(int(count.group(1)) for count in counts if count)

    def holding(self):
        """Lets the provider run no line: batches stay in progress."""
        return _Holding(self._simulator)

    async def _simulator(self, path, body=None):
        return json.loads(await _get(self.address["simulatorUrl"] + "/simulator" + path, body))


def _final(manager):
    with manager as stream:
        if hasattr(stream, "get_final_completion"):
            return stream.get_final_completion()
        return stream.get_final_response()


class _Holding:
    def __init__(self, simulator):
        self._simulator = simulator

    async def release(self):
        await self._simulator("/control", {"hold": False})

    async def __aenter__(self):
        await self._simulator("/control", {"hold": True})
        return self

    async def __aexit__(self, *_error):
        await self.release()


async def _get(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(url, data=data, headers=headers)

    def exchange():
        with urllib.request.urlopen(request) as response:
            return response.read().decode()

    return await asyncio.to_thread(exchange)


async def eventually(condition, limit=45):
    """Asks until there is an answer that is neither None nor False, and gives it."""
    deadline = time.monotonic() + limit
    while True:
        found = await condition()
        if found is not None and found is not False:
            return found
        assert time.monotonic() < deadline, f"not within {limit} seconds"
        await asyncio.sleep(0.02)
