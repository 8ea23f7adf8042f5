document.body.textContent = await (await fetch("/api/menu")).text();
