// @ts-check
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Installs the peers exactly as locked; without them the table still has Chainrule's columns. Returns what went wrong, or "". */
export function install() {
  const pnpm = process.env["npm_execpath"];
  const [command, ...before] =
    pnpm === undefined ? ["npx", "-y", "pnpm@12.21.0"] : /\.[cm]?js$/.test(pnpm) ? [process.execPath, pnpm] : [pnpm];
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = [...before, "install", "--frozen-lockfile", "--prefer-offline"];
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  return status === 0 ? "" : (error?.message ?? `${stdout}${stderr}`.trim());
}
