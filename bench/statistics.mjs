// A few numbers of many.
export const sorted = (values) => [...values].sort((one, other) => one - other);

/** The value below which a share of all lies. */
export const quantile = (values, share) => {
  const all = sorted(values);
  const place = (all.length - 1) * share;
  const [low, high] = [Math.floor(place), Math.ceil(place)];
  return all[low] + (all[high] - all[low]) * (place - low);
};

export const median = (values) => quantile(values, 0.5);
export const sum = (values) => values.reduce((total, value) => total + value, 0);
