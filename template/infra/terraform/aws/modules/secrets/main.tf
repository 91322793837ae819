# The secrets' names; their values are put in by a person and never enter Terraform's state.
variable "name" {
  description = "Prefix of the secrets."
  type        = string
}

variable "cluster_name" {
  description = "The EKS cluster whose External Secrets operator reads them."
  type        = string
}

locals {
  secrets = {
    services    = "DATABASE_URL and the addresses of what else the services use"
    gateway     = "OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET"
    seals       = "SESSION_SECRET, and what docs/runbooks/KeyRotation.md adds"
    model-proxy = "MODEL_API_KEY, MODEL_BASE_URL"
    migrate     = "DATABASE_ADMIN_URL"
  }
}

resource "aws_kms_key" "secrets" {
  description             = "Secrets of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_secretsmanager_secret" "this" {
  for_each                = local.secrets
  name                    = "${var.name}/${each.key}"
  description             = "JSON with ${each.value}"
  kms_key_id              = aws_kms_key.secrets.arn
  recovery_window_in_days = 30
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = [for secret in aws_secretsmanager_secret.this : secret.arn]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.secrets.arn]
  }
}

resource "aws_iam_role" "reader" {
  name               = "${var.name}-secrets"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "read" {
  name   = "read"
  role   = aws_iam_role.reader.id
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_eks_pod_identity_association" "external_secrets" {
  cluster_name    = var.cluster_name
  namespace       = "external-secrets"
  service_account = "external-secrets"
  role_arn        = aws_iam_role.reader.arn
}
