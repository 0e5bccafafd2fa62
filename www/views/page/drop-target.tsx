import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { filesFromDrop } from "../../client/files";
import { isConfig, isWeights } from "../../protocol/limits";
import type { AppState } from "../../state/model";
import { isBusy } from "../../state/select";
import { OWN } from "../../text/page";
import { useActions, useSelect } from "../app-context";

const selectCanDrop = (state: AppState): boolean => state.engine.phase === "ready" && !isBusy(state);

/** Lets files be dropped anywhere on the page; a lone weight file becomes the Teacher, a lone JSON file the settings, all else are pictures. */
export function DropTarget(): JSX.Element | null {
  const actions = useActions();
  const canDrop = useSelect(selectCanDrop);
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
      void filesFromDrop(event.dataTransfer).then((files) => {
        const [first] = files;
        if (first && files.length === 1 && isWeights(first.path)) void actions.loadTeacher(first.file);
        else if (first && files.length === 1 && isConfig(first.path)) void actions.importConfig(first.file);
        else if (files.length > 0) void actions.addFiles(files, "");
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
  }, [actions, canDrop]);
  if (!isOver) return null;
  return (
    <div class="drop-curtain" aria-hidden="true">
      <p>{OWN.drop}</p>
    </div>
  );
}
