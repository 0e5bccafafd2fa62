/** What of WebGPU is asked for here; the engine has the rest. */
interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<object | null>;
}

/** Whether the browser grants an adapter, as the engine will ask for it. */
export async function hasAdapter(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: Gpu };
  try {
    return !!(await gpu?.requestAdapter({ powerPreference: "high-performance" }));
  } catch {
    return false;
  }
}
