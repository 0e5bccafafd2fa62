/**
 * What the browser tells of the GPU, e.g. "nvidia ampere". The engine's WebGPU layer does not see these names; it asks
 * for the same adapter in the same way. Browsers may keep everything to themselves, then there is no name.
 */
export async function adapterName(): Promise<string | null> {
  try {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) return null;
    const { vendor, architecture, device, description } = adapter.info;
    return description || [vendor, architecture, device].filter(Boolean).join(" ") || null;
  } catch {
    return null; // the name is a courtesy; the engine has its adapter already
  }
}
