import { addUp } from "./cart.js";
import { isPrice, parsePrice } from "./parse.js";

export async function show(element, items) {
  const prices = await Promise.all(items.map(async (item) => ({ ...item, price: parsePrice(item.text) })));
  element.innerHTML = `<b>${addUp(prices)}</b>`;
  debugger;
  return element;
}
