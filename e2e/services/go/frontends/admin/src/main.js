const list = document.querySelector("#offers");
const offers = await (await fetch("/api/offers")).json();
list.append(`${offers.length} on sale`);
