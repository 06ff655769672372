"""The official Python SDK of the Model Context Protocol, unmodified, against /mcp: in the newest version of the protocol, and in the older
one that begins with a handshake."""

import asyncio
import json
import os
import unittest
import urllib.request
import uuid
from contextlib import asynccontextmanager

from mcp import Client, ClientSession, MCPError
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

BASE, KEY = os.environ["E2E_MCP_URL"], os.environ["OPENLOOP_API_KEY"]


def save(plural, **body):
    """Saves a version at a path of its own, and returns the path."""
    body["path"] = f"e2e/python/mcp-{uuid.uuid4()}"
    request = urllib.request.Request(
        f"{BASE}/v5/{plural}", json.dumps(body).encode(), {"X-API-KEY": KEY, "Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request):
        return body["path"]


def transport(key=KEY):
    return streamable_http_client(f"{BASE}/mcp", http_client=create_mcp_http_client({"Authorization": f"Bearer {key}"}))


@asynccontextmanager
async def older():
    """A session that begins with the handshake."""
    async with transport() as streams, ClientSession(*streams[:2]) as session:
        await session.initialize()
        yield session


def newest():
    return Client(transport())


class MCP(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)

    async def test_lists_and_calls(self):
        echo = {"provider": "mock", "model": "echo", "template": [{"role": "user", "content": "Hello {{name}}!"}]}
        prompt, agent = save("prompts", **echo), save("agents", **echo)
        tool = save("tools", tool_type="snippet", setup_values={"hi": "Good day"})
        for connect in (newest, older):
            with self.subTest(connect.__name__):
                async with connect() as client:
                    listed = {t.title: t for t in (await client.list_tools()).tools}
                    self.assertEqual(listed[prompt].input_schema["required"], ["name"])
                    for path, arguments, want in (
                        (prompt, {"name": "Ada"}, "Hello Ada!"),
                        (agent, {"name": "Ada"}, "Hello Ada!"),
                        (tool, {"key": "hi"}, "Good day"),
                    ):
                        result = await client.call_tool(listed[path].name, arguments)
                        self.assertFalse(result.is_error)
                        self.assertEqual([c.text for c in result.content], [want])
                        self.assertRegex(result.meta["openloop/log_id"], "^log_")

    async def test_fails_in_the_two_ways_of_the_protocol(self):
        prompt = save("prompts", provider="mock", model="echo", template=[{"role": "user", "content": "Hello {{name}}!"}])
        for connect in (newest, older):
            with self.subTest(connect.__name__):
                async with connect() as client:
                    result = await client.call_tool(prompt.replace("/", "__"), {})
                    self.assertTrue(result.is_error)
                    self.assertEqual(result.meta["openloop/detail"]["reason"], "missing_inputs")
                    with self.assertRaisesRegex(MCPError, 'There is no tool "nobody"'):
                        await client.call_tool("nobody", {})

    async def test_gets_prompts(self):
        path = save("prompts", provider="mock", model="echo", template=[{"role": "system", "content": "Be {{how}}."}])
        async with newest() as client:
            got = await client.get_prompt(path.replace("/", "__"), {"how": "kind"})
            self.assertEqual([(m.role, m.content.text) for m in got.messages], [("user", "Be kind.")])


if __name__ == "__main__":
    unittest.main()
