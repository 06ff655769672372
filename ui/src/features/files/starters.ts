// What new Files begin with.
import type { Kind } from "../../api/queries/files";

export interface Starter {
  value: string;
  label: string;
  hint: string;
  content: object;
}

const mock = { provider: "mock", model: "echo" };
const user = (content: string) => ({ role: "user", content });
const system = (content: string) => ({ role: "system", content });

/** Prompts run on the mock provider, which needs no key, until another model is chosen. */
const prompts: Starter[] = [
  {
    value: "greeting",
    label: "Greeting",
    hint: "One message with a variable",
    content: { ...mock, template: [user("Say hello to {{name}}.")] },
  },
  {
    value: "classify",
    label: "Classify a text",
    hint: "A system message with rules, and a short answer",
    content: {
      ...mock,
      temperature: 0,
      max_tokens: 20,
      template: [system("Answer with one word of this list: {{labels}}. Answer with nothing else."), user("{{text}}")],
    },
  },
  {
    value: "answer",
    label: "Answer from a text",
    hint: "A question about what is given",
    content: {
      ...mock,
      template: [
        system("Answer from the text alone. Say so when it does not hold the answer.\n\nText:\n{{text}}"),
        user("{{question}}"),
      ],
    },
  },
  {
    value: "chat",
    label: "Chat",
    hint: "A system message; the conversation comes with each call",
    content: { ...mock, template: [system("You are a helpful assistant of {{company}}. Be short and exact.")] },
  },
];

const one = (label: string, hint: string, content: object): Starter[] => [{ value: "start", label, hint, content }];

export const starters: Record<Kind, Starter[]> = {
  prompt: prompts,
  agent: one("Assistant", "A system message, without tools as yet", {
    ...mock,
    template: [system("You are a helpful assistant.")],
    max_iterations: 10,
  }),
  tool: one("Function", "A JSON Schema that models are given", {
    function: {
      name: "look_up",
      description: "Looks up something by its id.",
      parameters: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
    },
  }),
  dataset: one("Empty", "Datapoints are added later", { datapoints: [] }),
  evaluator: one("Python", "Whether an answer is there", {
    spec: {
      evaluator_type: "python",
      arguments_type: "target_free",
      return_type: "boolean",
      code: 'def evaluate(log):\n    return bool(log["output"])\n',
    },
  }),
  flow: one("Empty", "Attributes come with its first Logs", { attributes: {} }),
};
