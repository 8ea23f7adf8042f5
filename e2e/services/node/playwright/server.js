import http from "node:http";
import { chromium } from "playwright";

http.createServer(async (q, s) => {
  if (q.url === "/healthz") return s.end("ok");
  try {
    const browser = await chromium.launch();
    const page = await browser.newPage();
    await page.setContent("<title>seen</title><p>hello</p>");
    s.end(`title ${await page.title()}`);
    await browser.close();
  } catch (e) { s.end("failed: " + e.message.slice(0, 1500)); }
}).listen(process.env.PORT);
process.on("SIGTERM", () => process.exit(0));
