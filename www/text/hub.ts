/** Data sets of the Hugging Face hub. */
export const HUB_TEXT = {
  tab: "From the Hugging Face hub",
  lead: "A data set of labelled pictures by its name. Only as much of it travels as is asked for: its Parquet files are read in parts. Once here it is treated like your own pictures, and nothing is sent back.",
  dataset: {
    label: "Data set",
    usual: "uoft-cs/cifar10",
    hint: "owner/name, such as uoft-cs/cifar10 or microsoft/cats_vs_dogs",
    rules: "owner, slash, name: uoft-cs/cifar10",
  },
  part: { label: "Part", hint: "train or test, say; empty is all" },
  perClass: { label: "Most of a class", hint: "in each part", rules: "a whole number from 1 to 20,000" },
  total: { label: "Most in all", hint: "spread over parts and classes", rules: "a whole number from 1 to 20,000" },
  consent: (host: string): string =>
    `Ask ${host} for these pictures. It is the only request that this page ever makes to another host. The hub learns this device's address and what you ask for; nothing of yours is sent.`,
  fetch: "Fetch the pictures",
  fetching: "Fetching pictures",
  progress: (pictures: string, received: string): string => `${pictures} pictures, ${received} received`,
  privacy: "A data set is fetched from the Hugging Face hub only if you ask for it.",
} as const;
