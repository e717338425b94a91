// @ts-check
import * as tf from "@tensorflow/tfjs";

const x = tf.tensor([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]); // prettier-ignore
const y = tf.tensor([[0], [1], [1], [0]]);
const w1 = tf.variable(tf.randomUniform([3, 4], -1, 1));
const w2 = tf.variable(tf.randomUniform([4, 1], -1, 1));
const optimizer = tf.train.sgd(1);
for (let step = 0; step < 1000; step++)
  optimizer.minimize(() => x.matMul(w1).sigmoid().matMul(w2).sigmoid().sub(y).square().mean());
