// Every component of the kit in each state, at /kit.html of the dev server. It is not part of the build.
import { CSPProvider } from "@base-ui/react/csp-provider";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./tokens.css";
import "./base.css";
import "./gallery/gallery.css";
import { Big } from "./gallery/big";
import { Charts } from "./gallery/charts";
import { Controls } from "./gallery/controls";
import { Figures } from "./gallery/figures";
import { Lists } from "./gallery/lists";
import { Overlays } from "./gallery/overlays";
import { Texts } from "./gallery/texts";
import { Toasts } from "./toast";

const pages = {
  controls: Controls,
  overlays: Overlays,
  lists: Lists,
  figures: Figures,
  texts: Texts,
  charts: Charts,
  big: Big,
};

function Gallery() {
  const asked = new URLSearchParams(location.search);
  const theme = asked.get("theme");
  if (theme) document.documentElement.dataset.theme = theme;
  const name = asked.get("page") ?? "controls";
  const Page = pages[name as keyof typeof pages] ?? Controls;
  return (
    <>
      <nav className="gallery-nav" aria-label="Pages">
        {Object.keys(pages).map((page) => (
          <a
            key={page}
            href={`?page=${page}${theme ? `&theme=${theme}` : ""}`}
            aria-current={page === name ? "page" : undefined}
          >
            {page}
          </a>
        ))}
      </nav>
      <main className="gallery">
        <h1>Kit: {name}</h1>
        <Page />
      </main>
      <Toasts />
    </>
  );
}

const place = document.getElementById("root");
if (!place) throw new Error("kit.html has no element #root");
createRoot(place).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <Gallery />
    </CSPProvider>
  </StrictMode>,
);
