const { createServer } = require('node:http');
const puppeteer = require('puppeteer');

async function title() {
  const browser = await puppeteer.launch({ args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const page = await browser.newPage();
    await page.setContent('<title>printed by a browser</title><p>good day</p>');
    return await page.title();
  } finally {
    await browser.close();
  }
}

createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok');
  title().then((text) => response.end(text), (error) => response.writeHead(500).end(String(error)));
}).listen(process.env.PORT);
