import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { filesFromDrop } from "../../client/files";
import { isBundle } from "../../client/replay-actions";
import { isConfig, isWeights } from "../../protocol/limits";
import type { AppState } from "../../state/model";
import { isBusy } from "../../state/select";
import { OWN } from "../../text/page";
import { useActions, useSelect } from "../app-context";

const selectCanDrop = (state: AppState): boolean => state.engine.phase === "ready" && !isBusy(state);

/** Whether a reviewer's bundle waits for its pictures. */
const selectWantsPictures = ({ replay }: AppState): boolean => replay.phase === "opened" && !replay.summary.hasPictures;

/**
 * Lets files be dropped anywhere on the page; a lone weight file becomes the Teacher, a lone JSON file the settings, a
 * reviewer's bundle is opened, all else are pictures: those of a bundle that waits for them, or new data.
 */
export function DropTarget(): JSX.Element | null {
  const actions = useActions();
  const canDrop = useSelect(selectCanDrop);
  const wantsPictures = useSelect(selectWantsPictures);
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = canDrop ? "copy" : "none";
      setIsOver(canDrop);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setIsOver(false);
      if (!canDrop) return;
      void filesFromDrop(event.dataTransfer).then(async (files) => {
        const [first] = files;
        if (!first) return;
        const isLone = files.length === 1;
        if (isLone && isWeights(first.path)) void actions.loadTeacher(first.file);
        else if (isLone && isConfig(first.path)) void actions.importConfig(first.file);
        else if (isLone && (await isBundle(first.file))) void actions.openBundle(first.file);
        else if (wantsPictures) void actions.giveBundlePictures(files);
        else void actions.addFiles(files, "");
      });
    };
    document.addEventListener("dragover", over);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
    };
  }, [actions, canDrop, wantsPictures]);
  if (!isOver) return null;
  return (
    <div class="drop-curtain" aria-hidden="true">
      <p>{OWN.drop}</p>
    </div>
  );
}
