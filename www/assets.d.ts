/** An asset that webpack copies beside the page; importing it gives its address. */
declare module "*.wasm" {
  const url: string;
  export default url;
}

declare module "*.css";
