// Whether the page may fetch data sets from the Hugging Face hub, decided when it is built: UNICAM_HUB=1 for the hub
// itself, or origins with commas between for another server of the same layout, the one that lists the files first.

const OFFICIAL = {
  name: "huggingface.co",
  listing: "https://datasets-server.huggingface.co",
  // Files are redirected to one of the hub's own delivery hosts, whose names differ by region and change over time.
  hosts: ["https://datasets-server.huggingface.co", "https://huggingface.co", "https://*.hf.co"],
};

/** The hub that the page is built for: its name for people, where its files are listed, every host; or null. */
export function hubOf(asked = process.env.UNICAM_HUB) {
  if (!asked || asked === "0") return null;
  if (asked === "1") return OFFICIAL;
  const hosts = asked.split(",").map((address) => new URL(address.trim()).origin);
  return { name: new URL(hosts[0]).host, listing: hosts[0], hosts };
}
