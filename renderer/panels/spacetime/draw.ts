/** Draws a scene with whatever pen is given, from the lowest to the highest: for the screen, or as a list of shapes. */
import { drawAxis, drawGrid } from './axisScene.ts'
import { drawBands, drawBandWords, drawLanes, drawNames, drawRibbons } from './laneScene.ts'
import { drawMarks, drawTurningPoints } from './markScene.ts'
import { drawMessages } from './messageScene.ts'
import { drawBrush, drawChosen, drawCut, drawPlayhead, drawProof, drawUnread } from './overlayScene.ts'
import { type Pen, type Shape, ShapeList } from './pen.ts'
import { Plane } from './plane.ts'
import { type Amount, amountIn, isDense, type Scene } from './scene.ts'

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

/** What is to be seen as a list of simple shapes, from the lowest to the highest, for an SVG. */
export function shapesOf(scene: Scene): Shape[] {
  const list = new ShapeList()
  drawScene(scene, list, amountIn(scene))
  return list.shapes
}
