const list = document.querySelector("#offers");
for (const offer of await (await fetch("/api/offers")).json()) {
  list.append(Object.assign(document.createElement("li"), { textContent: offer }));
}
