"""What this server itself refuses, in each dialect, as the SDKs of both vendors read it."""

import unittest

import anthropic
import openai

from shared import KEY, URL, new_prompt

NEEDY = new_prompt(template=[{"role": "user", "content": "I am {{name}}."}])
HELLO = [{"role": "user", "content": "Hello"}]

# What is sent besides a good request, and how the refusal looks: the class, then OpenAI's code, then Anthropic's class, and the type.
REFUSALS = {
    "prompt_not_found": ({"model": "prompt:no/such"}, {}, ("NotFoundError", "model_not_found"), ("NotFoundError", "not_found_error")),
    "version_not_found": ({"model": f"prompt:{NEEDY}@prv_0"}, {}, ("NotFoundError", "model_not_found"), ("NotFoundError", "not_found_error")),
    "model_not_found": ({"model": "no-such-model"}, {}, ("NotFoundError", "model_not_found"), ("NotFoundError", "not_found_error")),
    "provider_key_missing": ({"model": "xai/grok-4"}, {}, ("PermissionDeniedError", "provider_key_missing"), ("PermissionDeniedError", "permission_error")),
    "missing_inputs": ({"model": f"prompt:{NEEDY}"}, {}, ("BadRequestError", "missing_inputs"), ("BadRequestError", "invalid_request_error")),
    "validation_failed": ({"temperature": "hot"}, {}, ("BadRequestError", "validation_failed"), ("BadRequestError", "invalid_request_error")),
    "gateway_key_invalid": ({}, {"authorization": "Bearer hl_sk_wrong", "x-api-key": "hl_sk_wrong"}, ("AuthenticationError", "invalid_api_key"), ("AuthenticationError", "authentication_error")),
}

OPENAI = openai.OpenAI(base_url=URL + "/v1", api_key=KEY, max_retries=0)
ANTHROPIC = anthropic.Anthropic(base_url=URL, api_key=KEY, max_retries=0)
DIALECTS = {
    "chat": (OPENAI, "/chat/completions", {"messages": HELLO}),
    "responses": (OPENAI, "/responses", {"input": "Hello"}),
    "messages": (ANTHROPIC, "/v1/messages", {"messages": HELLO, "max_tokens": 9}),
}


class Refusals(unittest.TestCase):
    def test_each_in_each_dialect(self):
        for reason, (change, headers, of_openai, of_anthropic) in REFUSALS.items():
            for dialect, (sdk, path, body) in DIALECTS.items():
                for stream in (False, True):
                    with self.subTest(reason, dialect=dialect, stream=stream):
                        found = self.refused(sdk, path, {"model": "mock/echo", "stream": stream} | body | change, headers)
                        self.assertEqual(found, (reason, *(of_openai if sdk is OPENAI else of_anthropic)))

    def refused(self, sdk, path, body, headers):
        of = openai if sdk is OPENAI else anthropic
        with self.assertRaises(of.APIStatusError) as raised:
            sdk.post(path, cast_to=object, body=body, options={"headers": headers})
        e = raised.exception
        return e.body["openloop"]["reason"], type(e).__name__, e.code if sdk is OPENAI else e.body["error"]["type"]


if __name__ == "__main__":
    unittest.main()
