import { lexer, type Token, type Tokens } from "marked";
import { createElement, Fragment, type ReactNode, useMemo } from "react";

/** What Markdown loads: marked reads, React writes. */
export default function MarkdownView({ text }: { text: string }) {
  return useMemo(() => blocks(lexer(text, { gfm: true })), [text]);
}

const blocks = (tokens: readonly Token[] = []): ReactNode =>
  // biome-ignore lint/suspicious/noArrayIndexKey: the tokens of a text are only replaced together.
  tokens.map((token, i) => <Fragment key={i}>{block(token)}</Fragment>);

function block(token: Token): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      return createElement(`h${Math.min(6, (token as Tokens.Heading).depth + 2)}`, null, inline(token.tokens));
    case "paragraph":
      return <p>{inline(token.tokens)}</p>;
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <pre tabIndex={0}>
          <code>{token.text}</code>
        </pre>
      );
    case "blockquote":
      return <blockquote>{blocks(token.tokens)}</blockquote>;
    case "list":
      return list(token as Tokens.List);
    case "table":
      return table(token as Tokens.Table);
    case "hr":
      return <hr />;
    case "html":
      return <p className="markdown-html">{token.raw.trimEnd()}</p>;
    default:
      return inline([token]);
  }
}

function list({ ordered, start, items }: Tokens.List): ReactNode {
  const lines = items.map((item, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: as above.
    <li key={i}>
      {item.task && <span>{item.checked ? "☑ " : "☐ "}</span>}
      {blocks(item.tokens.filter(({ type }) => type !== "checkbox"))}
    </li>
  ));
  return ordered ? <ol start={Number(start) || 1}>{lines}</ol> : <ul>{lines}</ul>;
}

function table({ header, rows, align }: Tokens.Table): ReactNode {
  const style = (i: number) => ({ textAlign: align[i] ?? undefined });
  return (
    <div className="markdown-table">
      <table>
        <thead>
          <tr>
            {header.map((cell, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above.
              <th key={i} style={style(i)}>
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <tr key={r}>
              {row.map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <td key={i} style={style(i)}>
                  {inline(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const inline = (tokens: readonly Token[] = []): ReactNode =>
  // biome-ignore lint/suspicious/noArrayIndexKey: as above.
  tokens.map((token, i) => <Fragment key={i}>{piece(token)}</Fragment>);

function piece(token: Token): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return link(token as Tokens.Link);
    case "image":
      return (
        <span className="markdown-image">
          image: {token.text} {token.href}
        </span>
      );
    case "text":
      return token.tokens ? inline(token.tokens) : token.text;
    case "escape":
      return token.text;
    default:
      return token.raw;
  }
}

function link({ href, tokens, raw }: Tokens.Link): ReactNode {
  if (!/^https?:\/\//i.test(href)) return raw;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow" title={href}>
      {inline(tokens)}
    </a>
  );
}
