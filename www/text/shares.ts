/**
 * A share 0..1 as per cent. One that rounds to nothing or to all without being it has one digit more: 99.7 % is not
 * "100 %".
 */
export function percentText(share: number, digits = 0): string {
  const text = (100 * share).toFixed(digits);
  const isRounded = [0, 100].includes(Math.abs(Number(text))) && share !== 0 && Math.abs(share) !== 1;
  return `${digits === 0 && isRounded ? (100 * share).toFixed(1) : text} %`;
}
