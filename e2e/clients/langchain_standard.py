"""LangChain's own tests of chat models and embeddings, through its packages for OpenAI and Anthropic. What they skip is what they know that a model may lack: images, audio, PDF."""

import pytest
from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests

from shared import KEY, URL

# The mock calls what a message spells out. Where the message spells out nothing, but a call or an object is wanted, this one gives what fits the schema.
FITTING = ("test_agent_loop", "test_bind_runnables_as_tools", "test_structured_output", "test_unicode_tool_call_integration")


class Standard(ChatModelIntegrationTests):
    @pytest.fixture(autouse=True)
    def choose(self, request):
        self.name = "mock/agent" if request.node.name.startswith(FITTING) else "mock/tools"

    @property
    def chat_model_params(self):
        return {"model": self.name, "api_key": KEY, "max_retries": 0}


class TestChatCompletions(Standard):
    chat_model_class = ChatOpenAI

    @property
    def chat_model_params(self):
        return {**super().chat_model_params, "base_url": URL + "/v1", "stream_usage": True}


class TestResponses(TestChatCompletions):
    @property
    def chat_model_params(self):
        return {**super().chat_model_params, "use_responses_api": True}


class TestMessages(Standard):
    chat_model_class = ChatAnthropic
    supports_anthropic_inputs = True

    @property
    def chat_model_params(self):
        return {**super().chat_model_params, "base_url": URL}


class TestEmbeddings(EmbeddingsIntegrationTests):
    embeddings_class = OpenAIEmbeddings
    embedding_model_params = {
        "model": "mock/embed/8", "base_url": URL + "/v1", "api_key": KEY, "max_retries": 0,
        "check_embedding_ctx_length": False, # it downloads a tokenizer otherwise
    }
