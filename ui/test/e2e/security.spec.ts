import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, key, test } from "./fixtures";

const policy =
  /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[^']+'; style-src-attr 'none'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'$/;

test("the page has a policy that allows nothing of others", async ({ server }) => {
  const { headers } = await fetch(server.url, { method: "HEAD", headers: { Accept: "text/html" } });
  expect(headers.get("content-security-policy")).toMatch(policy);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("same-origin");
});

test("what the policy forbids is seen by the tests", async ({ page, allow }) => {
  const seen: string[] = [];
  page.on("console", (message) => seen.push(message.text()));
  allow(/violat|Content Security Policy|TrustedHTML/);
  await page.goto("/errors/rate_limited");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.evaluate(() => {
    try {
      document.body.innerHTML += "<p style='color: red'>";
    } catch {}
    document.body.append(Object.assign(document.createElement("style"), { textContent: "p {}" }));
  });
  await expect.poll(() => seen.filter((text) => text.startsWith("securitypolicyviolation:")).length).toBe(2);
});

/** A page of another port and of another site, which tries to use the cookie. */
for (const host of ["127.0.0.1", "localhost"]) {
  test(`a page of another port at ${host} changes nothing`, async ({ page, server, allow }) => {
    allow(/./); // it is another origin, and all that it does is refused
    const environments = async () =>
      (await fetch(`${server.url}/v5/environments`, { headers: { "X-API-KEY": key } })).text();
    const before = await environments();
    const other = createServer((_, answer) =>
      answer.setHeader("Content-Type", "text/html").end("<h1>Another page</h1>"),
    );
    await new Promise<void>((resolve) => other.listen(0, host, resolve));
    const { port } = other.address() as AddressInfo;
    await page.goto(`http://${host}:${port}/`);

    const read = await page.evaluate(
      (url) =>
        fetch(`${url}/v5/environments`, { credentials: "include" })
          .then((a) => a.text())
          .catch((e) => e.name),
      server.url,
    );
    expect(read).toBe("TypeError");
    const wrote = await page.evaluate(
      (url) =>
        fetch(`${url}/v5/environments`, {
          method: "POST",
          mode: "no-cors",
          credentials: "include",
          headers: { "Content-Type": "text/plain" },
          body: '{"name": "stolen"}',
        }).then((a) => a.type),
      server.url,
    );
    expect(wrote).toBe("opaque");
    const posted = page.waitForResponse(`${server.url}/v5/environments`);
    await page.evaluate((url) => {
      const form = Object.assign(document.createElement("form"), { method: "post", action: `${url}/v5/environments` });
      form.append(Object.assign(document.createElement("input"), { name: "name", value: "stolen" }));
      document.body.append(form);
      form.submit();
    }, server.url);
    expect([401, 403]).toContain((await posted).status());
    expect(await environments()).toBe(before);
    other.close();
  });
}
