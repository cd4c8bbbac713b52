var total = 0;

export function addUp(items) {
  for (let i = 0; i < items.length; i++) {
    if (items[i].price == null) continue;
    total = total + items[i].price * (items[i].count || 1);
  }
  return total;
}

export function cheapest(items) {
  let found = items[0];
  let looked = 0;
  items.forEach((item) => {
    if (item.price < found.price) found = item;
  });
  return found;
}
