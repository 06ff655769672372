"""The official Python SDK of the Model Context Protocol, unmodified, against /mcp."""

import json
import os
import unittest
import urllib.request
import uuid

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

BASE, KEY = os.environ["E2E_MCP_URL"], os.environ["OPENLOOP_API_KEY"]


def save(plural, **body):
    request = urllib.request.Request(
        f"{BASE}/v5/{plural}", json.dumps(body).encode(), {"X-API-KEY": KEY, "Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
