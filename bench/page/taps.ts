/** What a page has asked of its GPU since it was opened. */
export interface Counts {
  /** kernels started, through WebGPU */
  dispatches: number;
  /** kernels started, through WebGL: each draws a rectangle */
  draws: number;
  submits: number;
  /** kernels compiled, through WebGPU or WebGL */
  pipelines: number;
  bindGroups: number;
  writes: number;
  /** reads back to the host */
  reads: number;
  /** bytes of all buffers made on the GPU, whether they are still there or not */
  bytes: number;
  /** bytes of the largest of them */
  largest: number;
  /** most numbers (of four bytes) in one buffer of a dispatch that has but one or two workgroups */
  lonely: number;
  /** most workgroups along an axis of a dispatch: adapters start 65,535 at most, and of a dispatch with more nothing at all */
  widest: number;
}

/** The hands on the taps. */
export interface Taps {
  counts: Counts;
  /** whether dispatches are dropped: what a step then costs is the engine's own work */
  dropping: boolean;
}

/**
 * Counts the calls into WebGPU and WebGL of the page or worker that it runs in, from then on.
 *
 * It uses nothing from outside itself, so that a test can hand it to a browser as text.
 */
export function tap(): Taps {
  const counts: Counts = {
    dispatches: 0,
    draws: 0,
    submits: 0,
    pipelines: 0,
    bindGroups: 0,
    writes: 0,
    reads: 0,
    bytes: 0,
    largest: 0,
    lonely: 0,
    widest: 0,
  };
  const taps: Taps = { counts, dropping: false };
  type Method = (this: unknown, ...args: unknown[]) => unknown;
  const wrap = (
    owner: object | undefined,
    name: string,
    around: (call: () => unknown, args: unknown[], self: unknown) => unknown,
  ): void => {
    const methods = owner as Record<string, Method | undefined> | undefined;
    const original = methods?.[name];
    if (!methods || !original) return;
    methods[name] = function (this: unknown, ...args: unknown[]) {
      return around(() => original.apply(this, args), args, this);
    };
  };
  const count = (owner: object | undefined, name: string, key: keyof Counts): void => {
    wrap(owner, name, (call) => {
      counts[key] += 1;
      return call();
    });
  };
  const prototypeOf = (name: string): object | undefined =>
    (globalThis as unknown as Record<string, { prototype: object } | undefined>)[name]?.prototype;

  // Largest binding of each group, and the groups of each pass: which numbers a dispatch may touch.
  const bound = new WeakMap<object, number>();
  const groups = new WeakMap<object, object[]>();
  const dispatch = (call: () => unknown, args: unknown[], pass: unknown): unknown => {
    counts.dispatches += 1;
    const extents = args.slice(0, 3).map(Number);
    counts.widest = Math.max(counts.widest, ...extents);
    const workgroups = extents.reduce((product, extent) => product * extent, 1);
    if (workgroups <= 2) {
      const bytes = (groups.get(pass as object) ?? []).map((group) => bound.get(group) ?? 0);
      counts.lonely = Math.max(counts.lonely, ...bytes.map((most) => most / 4));
    }
    return taps.dropping ? undefined : call();
  };
  wrap(prototypeOf("GPUDevice"), "createBindGroup", (call, args) => {
    counts.bindGroups += 1;
    const group = call() as object;
    const { entries } = args[0] as GPUBindGroupDescriptor;
    let most = 0;
    for (const { resource } of entries) {
      const whole = resource instanceof GPUBuffer ? resource : null;
      const part = "buffer" in resource ? resource : null;
      if (whole) most = Math.max(most, whole.size);
      if (part) most = Math.max(most, part.size ?? part.buffer.size - (part.offset ?? 0));
    }
    bound.set(group, most);
    return group;
  });
  wrap(prototypeOf("GPUDevice"), "createBuffer", (call, args) => {
    const { size } = args[0] as GPUBufferDescriptor;
    counts.bytes += size;
    counts.largest = Math.max(counts.largest, size);
    return call();
  });
  const pass = prototypeOf("GPUComputePassEncoder");
  wrap(pass, "setBindGroup", (call, args, self) => {
    const now = groups.get(self as object) ?? [];
    now[Number(args[0])] = args[1] as object;
    groups.set(self as object, now);
    return call();
  });
  wrap(pass, "dispatchWorkgroups", dispatch);
  wrap(pass, "dispatchWorkgroupsIndirect", (call) => {
    counts.dispatches += 1;
    return taps.dropping ? undefined : call();
  });
  count(prototypeOf("GPUQueue"), "submit", "submits");
  count(prototypeOf("GPUQueue"), "writeBuffer", "writes");
  count(prototypeOf("GPUDevice"), "createComputePipeline", "pipelines");
  count(prototypeOf("GPUDevice"), "createComputePipelineAsync", "pipelines");
  count(prototypeOf("GPUBuffer"), "mapAsync", "reads");
  for (const name of ["WebGLRenderingContext", "WebGL2RenderingContext"]) {
    const context = prototypeOf(name);
    count(context, "drawArrays", "draws");
    count(context, "drawElements", "draws");
    count(context, "linkProgram", "pipelines");
    count(context, "readPixels", "reads");
  }
  return taps;
}
