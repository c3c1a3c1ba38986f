"""Makes the calls of `CALLS` all at once and prints a line of JSON for the end of each."""

import json
import os
import threading
import time

import openai
import requests

HEADERS = {"silence": {"batch-hold": "none"}, "102": {"batch-hold": "interim"}, "body": {"batch-hold": "body"}, "SSE": {}}
PATIENCE = 3600


class Refused(Exception):
    """Another status than 200."""


def body_of(call):
    body = {"model": "gpt-6-luna", "messages": [{"role": "user", "content": call["text"]}]}
    return {**body, "stream": True} if call["lifeline"] == "SSE" else body


def with_openai(call):
    # It does not try again, so that a row is one connection.
    client = openai.OpenAI(base_url=call["url"] + "/v1", api_key="sk-any", max_retries=0, timeout=PATIENCE)
    try:
        answer = client.chat.completions.create(**body_of(call), extra_headers=HEADERS[call["lifeline"]])
        if call["lifeline"] == "SSE":
            return "".join(chunk.choices[0].delta.content or "" for chunk in answer if chunk.choices)
        return answer.choices[0].message.content
    except openai.APIStatusError as error:
        raise Refused(f"{error.status_code} {error.code or ''}".strip()) from error


def with_requests(call):
    url = call["url"] + "/v1/chat/completions"
    answer = requests.post(url, json=body_of(call), headers=HEADERS[call["lifeline"]], timeout=PATIENCE)
    if answer.status_code != 200:
        raise Refused(str(answer.status_code))
    if call["lifeline"] != "SSE":
        return answer.json()["choices"][0]["message"]["content"]
    events = [json.loads(line[6:]) for line in answer.text.split("\n") if line.startswith("data: {")]
    return "".join(choice["delta"].get("content") or "" for event in events for choice in event["choices"])


def make(call):
    start = time.monotonic()
    ask = with_openai if call["client"] == "openai for Python" else with_requests
    try:
        answer = ask(call)
        good = answer.endswith(" : " + call["text"])
        kind, detail = ("answered", "") if good else ("broken", f"not an answer: {answer[:60]}")
    except Refused as refusal:
        kind, detail = "refused", str(refusal)
    except Exception as error:
        kind, detail = "broken", type(error).__name__
    end = {"kind": kind, "detail": detail, "seconds": time.monotonic() - start}
    print(json.dumps({"text": call["text"], "end": end}), flush=True)


for one in json.loads(os.environ["CALLS"]):
    threading.Thread(target=make, args=(one,)).start()
