/** Draws a scene with whatever pen is given, from the lowest to the highest: on the screen and on paper. */
import { drawAxis, drawGrid } from './axisScene.ts'
import { drawBands, drawBandWords, drawLanes, drawNames, drawRibbons } from './laneScene.ts'
import { drawMarks, drawTurningPoints } from './markScene.ts'
import { drawMatches } from './matchScene.ts'
import { drawMessages } from './messageScene.ts'
import { drawBrush, drawChosen, drawCut, drawPlayhead, drawProof, drawUnread } from './overlayScene.ts'
import type { Pen } from './pen.ts'
import { Plane } from './plane.ts'
import { type Amount, isDense, type Scene } from './scene.ts'

/** `density`: paints the marks and messages when there are too many of them; without it they are left out. */
export function drawScene(scene: Scene, pen: Pen, amount: Amount, density?: () => void): void {
  const { view } = scene
  const plane = new Plane(view)
  const body = plane.box(plane.head, plane.edge, plane.tail - plane.head, (view.down ? view.width : view.height) - plane.edge)
  pen.within(...body, () => {
    drawGrid(scene, plane, pen)
    drawBands(scene, plane, pen)
    drawLanes(scene, plane, pen)
    if (isDense(amount)) density?.()
    else {
      drawMessages(scene, plane, pen, amount)
      drawMarks(scene, plane, pen, amount)
    }
    drawUnread(scene, plane, pen)
    drawBandWords(scene, plane, pen)
    drawMatches(scene, plane, pen, amount)
    drawTurningPoints(scene, plane, pen)
    drawBrush(scene, plane, pen)
    drawProof(scene, plane, pen)
    drawCut(scene, plane, pen)
    drawChosen(scene, plane, pen)
    drawPlayhead(scene, plane, pen)
  })
  drawRibbons(scene, plane, pen)
  drawAxis(scene, plane, pen)
  drawNames(scene, plane, pen)
}
