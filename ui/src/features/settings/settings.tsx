import { Link, Navigate, useParams } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { usePage } from "../../lib/page";
import { sections } from "../../routes";
import { About } from "./about";
import { Aliases } from "./aliases";
import { Environments } from "./environments";
import { Keys } from "./keys";
import { Me } from "./me";
import { Providers } from "./providers";
import "./settings.css";

type Section = (typeof sections)[number];

const parts: Record<Section, { name: string; Part: ComponentType }> = {
  providers: { name: "Providers", Part: Providers },
  aliases: { name: "Aliases", Part: Aliases },
  keys: { name: "API keys", Part: Keys },
  environments: { name: "Environments", Part: Environments },
  about: { name: "About", Part: About },
  me: { name: "Me", Part: Me },
};

/** The settings, a section an address. */
export function Settings() {
  const { section } = useParams({ strict: false });
  const known = sections.find((one) => one === section);
  return known ? (
    <Frame section={known} />
  ) : (
    <Navigate to="/settings/$section" params={{ section: "providers" }} replace />
  );
}

function Frame({ section }: { section: Section }) {
  const { name, Part } = parts[section];
  usePage(`Settings: ${name}`, [{ label: "Settings", to: "/settings/providers" }, { label: name }]);
  return (
    <div className="settings">
      <nav className="settings-nav" aria-label="Settings">
        {sections.map((one) => (
          <Link key={one} to="/settings/$section" params={{ section: one }}>
            {parts[one].name}
          </Link>
        ))}
      </nav>
      <div className="settings-body">
        <Part key={section} />
      </div>
    </div>
  );
}
