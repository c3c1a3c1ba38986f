"""Calls the gateway as programs with LangChain do; prints a line of JSON per call."""

import json
import os

from langchain_openai import ChatOpenAI, OpenAIEmbeddings

GATEWAY = os.environ["GATEWAY_URL"] + "/v1"


def report(name, text):
    print(json.dumps({"name": name, "text": text}))


model = ChatOpenAI(model="gpt-6-luna", api_key="any", base_url=GATEWAY)
report("chat", model.invoke("LangChain asks").content)
report("stream", "".join(chunk.content for chunk in model.stream("LangChain asks for a stream")))
report("batch", " and ".join(answer.content for answer in model.batch(["LangChain asks once", "LangChain asks twice"])))
embeddings = OpenAIEmbeddings(
    model="text-embedding-3-small", api_key="any", base_url=GATEWAY, check_embedding_ctx_length=False
)
report("embeddings", f"{len(embeddings.embed_query('LangChain embeds'))} numbers")
