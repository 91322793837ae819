# The pipeline holds no key: it shows the token its CI system signed, and only one repository and environment may.
variable "name" {
  description = "Name of the role."
  type        = string
}

variable "issuer" {
  description = "Who signs the pipeline's tokens."
  type        = string
}

variable "subject" {
  description = "The token's exact subject."
  type        = string
}

variable "repository_arns" {
  description = "The registries that it may push to."
  type        = list(string)
}

variable "cluster_name" {
  description = "The EKS cluster that it deploys to."
  type        = string
}

variable "kubernetes_group" {
  description = "The group in the cluster that infra/kubernetes/access.yaml gives its rights."
  type        = string
}

locals {
  issuer_host = trimprefix(var.issuer, "https://")
}

data "aws_eks_cluster" "this" {
  name = var.cluster_name
}

resource "aws_iam_openid_connect_provider" "ci" {
  url            = var.issuer
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.ci.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer_host}:sub"
      values   = [var.subject]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer_host}:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "deploy" {
  statement {
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # this action has no resource
  }

  statement {
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = var.repository_arns
  }

  statement {
    actions   = ["eks:DescribeCluster"]
    resources = [data.aws_eks_cluster.this.arn]
  }
}

resource "aws_iam_role" "ci" {
  name                 = "${var.name}-ci"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "deploy" {
  name   = "deploy"
  role   = aws_iam_role.ci.id
  policy = data.aws_iam_policy_document.deploy.json
}

resource "aws_eks_access_entry" "ci" {
  cluster_name      = var.cluster_name
  principal_arn     = aws_iam_role.ci.arn
  kubernetes_groups = [var.kubernetes_group]
}

output "role_arn" {
  description = "What the pipeline assumes."
  value       = aws_iam_role.ci.arn
}
