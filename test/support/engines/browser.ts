import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Pages that import the packages as they are published, and a browser that opens them and says what came out.

const root = join(import.meta.dirname, "../../..");

/** Where a page finds what, in folders of the repository. */
const IMPORTS: Record<string, string> = {
  "@chainrule/core": "/packages/core/dist/index.js",
  "@chainrule/core/lean": "/packages/core/dist/lean.js",
  "@chainrule/core/internal": "/packages/core/dist/internal.js",
  "@chainrule/core/registry": "/packages/core/dist/ops/registry.js",
  "@chainrule/nn": "/packages/nn/dist/index.js",
  "@chainrule/optim": "/packages/optim/dist/index.js",
  "@chainrule/blas": "/packages/blas/dist/index.js",
  "pure-rand/generator/mersenne": "/packages/core/node_modules/pure-rand/lib/esm/generator/mersenne.js",
};

export interface Page {
  /** Code of a module; what its \`answer\` is given is the result. */
  readonly code: string;
  /** The header Content-Security-Policy. */
  readonly policy?: string | undefined;
}

const html = ({ code }: Page): string => `<!doctype html>
<meta charset="utf-8">
<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>
<script type="module">
const answer = (result) => fetch("/answer", { method: "POST", body: JSON.stringify(result) });
addEventListener("error", ({ message }) => answer({ error: message }));
addEventListener("unhandledrejection", ({ reason }) => answer({ error: String(reason) }));
try {
${code}
} catch (error) {
  answer({ error: String(error?.stack ?? error) });
}
</script>
`;

export interface Browser {
  readonly name: string;
  readonly path: string;
  readonly args: (profile: string) => string[];
}
export const BROWSERS: readonly Browser[] = [
  {
    name: "chromium",
    path: "/usr/bin/chromium",
    args: (profile) => [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      `--user-data-dir=${profile}`,
    ],
  },
  {
    name: "firefox",
    path: "/usr/bin/firefox-esr",
    args: (profile) => ["--headless", "--no-remote", "--profile", profile],
  },
];
export const isInstalled = ({ path }: Browser): boolean => existsSync(path);

/** Opens a page, waits for its answer and closes the browser. */
export async function visit<T>(browser: Browser, page: Page): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), "chainrule-browser-"));
  let resolve: (answer: string) => void;
  const answer = new Promise<string>((done) => (resolve = done));
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url!, "http://localhost").pathname;
    if (request.method === "POST") {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        response.end();
        resolve(Buffer.concat(parts).toString());
      });
      return;
    }
    if (path === "/") {
      response.setHeader("Content-Type", "text/html");
      if (page.policy !== undefined) response.setHeader("Content-Security-Policy", page.policy);
      response.end(html(page));
      return;
    }
    const file = join(root, path);
    if (path.endsWith(".js") && existsSync(file)) {
      response.setHeader("Content-Type", "text/javascript");
      response.end(readFileSync(file));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const child = spawn(browser.path, [...browser.args(profile), `http://127.0.0.1:${port}/`], {
    stdio: "ignore",
    detached: true, // a group of its own, so that its children end with it
    env: { ...process.env, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: "1" },
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  try {
    const result = JSON.parse(await Promise.race([answer, ended.then(() => '{"error":"the browser ended"}')])) as T & {
      error?: string;
    };
    if (result.error !== undefined) throw new Error(`${browser.name}: ${result.error}`);
    return result;
  } finally {
    process.kill(-child.pid!, "SIGKILL");
    await ended;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}
