// At 200 % of a window of 1280 by 800: nothing is cut, covered or out of reach.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { screensOf } from "./screens";

test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });

/** What is wrong with the layout: what scrolls sideways, and controls that are cut or that lie below others. */
const faults = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [];
    const over = document.documentElement.scrollWidth - window.innerWidth;
    if (over > 0) found.push(`the page scrolls ${over} px sideways`);
    const named = (element: Element) =>
      `${element.tagName.toLowerCase()} "${(element.getAttribute("aria-label") ?? element.textContent ?? "").slice(0, 40)}"`;
    // What of an element can be seen: within the window, and within all around it that cut or scroll.
    const seen = (element: Element) => {
      const box = element.getBoundingClientRect();
      const part = {
        left: Math.max(box.left, 0),
        top: Math.max(box.top, 0),
        right: Math.min(box.right, innerWidth),
        bottom: Math.min(box.bottom, innerHeight),
      };
      let scrolls = false;
      for (let around = element.parentElement; around; around = around.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(around);
        if (overflowX === "visible" && overflowY === "visible") continue;
        const clip = around.getBoundingClientRect();
        scrolls ||= overflowX === "auto" || overflowX === "scroll";
        part.left = Math.max(part.left, clip.left);
        part.top = Math.max(part.top, clip.top);
        part.right = Math.min(part.right, clip.right);
        part.bottom = Math.min(part.bottom, clip.bottom);
      }
      return { box, part, scrolls };
    };
    for (const element of document.querySelectorAll(
      "a[href], button, input, textarea, select, [role=tab], [role=combobox]",
    )) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      if (element.closest("[aria-hidden=true], .unseen, .skip, [data-base-ui-focus-guard]")) continue;
      const { box, part, scrolls } = seen(element);
      if (box.width < 2 || box.height < 2) continue;
      const cut = Math.max(part.left - box.left, box.right - part.right);
      if (cut > 1 && !scrolls && part.bottom > part.top)
        found.push(`${named(element)} is cut by ${Math.round(cut)} px`);
      if (part.right - part.left < 4 || part.bottom - part.top < box.height / 2) continue; // it is scrolled to
      const top = document.elementFromPoint((part.left + part.right) / 2, (part.top + part.bottom) / 2);
      const same = !top || element.contains(top) || top.contains(element) || top.closest("label")?.contains(element);
      const over = top?.closest("aside, [role=complementary]"); // a drawer, which covers all of a narrow window
      if (!same && (!over || over.contains(element))) found.push(`${named(element)} lies below ${named(top)}`);
    }
    return found;
  });

test("every screen fits", async ({ page, seeded, allow }) => {
  test.setTimeout(120_000);
  allow(/status of 404/);
  for (const [name, address] of Object.entries(screensOf(seeded))) {
    await page.goto(address);
    await expect(page.locator("#main")).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0, { timeout: 15_000 });
    for (const colorScheme of process.env.SHOTS ? (["light", "dark"] as const) : []) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.SHOTS}/zoom-${name}-${colorScheme}.png` });
    }
    await expect.soft.poll(() => faults(page), { message: name }).toEqual([]);
  }
});
